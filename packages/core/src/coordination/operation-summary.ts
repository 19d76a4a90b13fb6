// An operation as facts tell it.
import type { Json } from '../bytes/canonical-json.ts';
import type { OperationId, ReplicaId } from '../identity.ts';
import type { Mode } from '../outcome.ts';

/** A named operation as facts tell it: complete, so that a case can be read without the log. */
export interface OperationSummary {
  readonly id: OperationId;
  readonly name: string;
  readonly args: Json;
  readonly replica: ReplicaId;
  readonly user: string;
  readonly mode: Mode;
  readonly wallMs: number;
  readonly position: number;
  /** It had effects outside: cash, mail. */
  readonly externalised: boolean;
  readonly dedupKey?: string;
}
