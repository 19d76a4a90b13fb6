// What a replay of a history through the naive model gives.
import type { Json, OperationId } from '@causeway/core';
import type { ModelKey } from '../workloads/workload.ts';
import type { HistoryEntry } from './history.ts';
import type { ModelPast } from './model-past.ts';
import type { ModelRemark } from './remark-book.ts';

/** One commit that made a key worse. */
export interface ModelViolation extends ModelKey {
  readonly trigger: OperationId;
  readonly position: number;
  readonly from: number;
  readonly to: number;
}

/** A key of an invariant from deficit 0 back to 0: what should be one case. */
export interface ModelRun extends ModelKey {
  readonly violations: ModelViolation[];
  /** The entry that brought the deficit back to 0. */
  endedAt: number | undefined;
}

/** A compensation in the log. `run` is undefined where no fact before it opened its case. */
export interface ModelCompensation {
  readonly at: HistoryEntry;
  readonly caseId: string;
  readonly step: 'restore' | 'amend';
  readonly run: ModelRun | undefined;
  /** Whether the run was over before. */
  readonly wasHealed: boolean;
  readonly deficitAfter: number;
}

export interface Replay {
  readonly refusedById: ReadonlyMap<OperationId, string>;
  readonly staleById: ReadonlyMap<OperationId, string>;
  readonly violations: readonly ModelViolation[];
  readonly runs: readonly ModelRun[];
  readonly compensations: readonly ModelCompensation[];
  /** Cases given to people though the model would have mended them. */
  readonly needless: ReadonlySet<string>;
  readonly remarks: readonly ModelRemark[];
  readonly content: Json;
  readonly problems: readonly string[];
  /** Sagas that came to no end. */
  readonly unended: readonly string[];
  /** What people did, and was audited, and stands. */
  readonly judged: readonly { readonly id: OperationId; readonly touches: readonly ModelKey[] }[];
  /** What the author of a standing operation had seen and what not, as far as a key is concerned. */
  past(trigger: OperationId, at: ModelKey): ModelPast | undefined;
}
