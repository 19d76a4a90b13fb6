// What came of one stay in partition mode, as far as it is known by now: derived from facts at each look,
// so that it grows with the audit, the compensations and the answers, and never says more than they do.
// @see Brewer, CAP Twelve Years Later, "Partition recovery"; docs/ARCHITECTURE.md, §6.
import type { CaseState } from '../app/case-state.ts';
import { isClosed } from '../coordination/case-fold.ts';
import { outcomeOf } from '../coordination/fold.ts';
import type { CaseId, OperationId } from '../identity.ts';
import type { Outcome } from '../outcome.ts';
import { isOutcome } from '../outcome.ts';
import type { MergedOperation, StoredEpisode } from '../queue/stored.ts';
import type { ReplicaState } from '../replica-state.ts';

/** A named operation as the log ordered it; `outcome` is undefined while the audit has none. */
export interface ReportedOperation extends MergedOperation {
  readonly outcome: Outcome | undefined;
}

/** A rule that what came together broke. */
export interface ReportedCase {
  readonly id: CaseId;
  readonly invariant: string;
  readonly key: string;
  readonly state: CaseState;
  /** How badly it fails now. */
  readonly deficit: number;
  /** The commits that made it worse, by the operation that did. */
  readonly triggers: readonly OperationId[];
  /** Who explains it, triggers included. */
  readonly participants: readonly OperationId[];
  /** Built on it since, left as they are. */
  readonly affected: readonly OperationId[];
  readonly compensation: OperationId | undefined;
}

/** Plain data: `JSON.stringify` exports it, `reportToMarkdown` prints it. */
export interface RecoveryReport {
  readonly episode: string;
  /** The event that began it: `bound-missed`, `closed-past-bound`, `operation-late`, `went-offline`. */
  readonly why: string;
  /** This device's clock, Unix ms. */
  readonly beganWallMs: number;
  readonly endedWallMs: number | undefined;
  /**
   * `cut-off`: nothing has come together yet. `recovering`: it does. `recovered`: all has, and something
   * is still to be audited, mended, decided or answered. `settled`: nothing is.
   */
  readonly stage: 'cut-off' | 'recovering' | 'recovered' | 'settled';
  /** What was done here while cut off, what waits as an intent included. */
  readonly done: readonly { readonly id: OperationId; readonly outcome: Outcome | undefined }[];
  /**
   * Changes that came together, edits included: of this replica, and of everybody else. `unread`: entries
   * that another tab received, and of which this one found only what came of them.
   */
  readonly merged: { readonly own: number; readonly others: number; readonly unread: number };
  /** The named ones among them, in commit order, and how many more there are. */
  readonly order: readonly ReportedOperation[];
  readonly unlisted: number;
  readonly cases: readonly ReportedCase[];
  readonly compensations: readonly OperationId[];
  /** Those of `done` that the primary was asked to run. */
  readonly intents: readonly { readonly id: OperationId; readonly outcome: Outcome | undefined }[];
}

/** Undefined for an episode that this device does not know. Cost: O(episodes + cases + its operations). */
export function recoveryReport(state: ReplicaState, id: string): RecoveryReport | undefined {
  const isOpen = state.episode?.id === id;
  const kept = isOpen ? state.episode : state.episodes.find((episode) => episode.id === id);
  if (!kept) return undefined;
  const episode = isOpen ? { ...kept, operations: state.episodeOperations } : kept;
  const order = (episode.merged?.order ?? []).map((operation): ReportedOperation => {
    return { ...operation, outcome: outcomeAt(state, operation) };
  });
  const done = episode.operations.map((operation) => {
    return { id: operation, outcome: outcomeOfOwn(state, operation, order) };
  });
  const cases = casesOf(state, episode);
  const asked = new Set(order.filter(({ kind }) => kind === 'intent').map((one) => one.id));
  const isIntent = (operation: OperationId): boolean =>
    asked.has(operation) || state.intents.has(operation) || state.fold.executed.has(operation);
  const { own = 0, others = 0, unread = 0, unlisted = 0 } = episode.merged ?? {};
  const report = {
    episode: id,
    why: episode.why,
    beganWallMs: episode.beganWallMs,
    endedWallMs: episode.endedWallMs,
    done,
    merged: { own, others, unread },
    order,
    unlisted,
    cases,
    compensations: cases.flatMap(({ compensation }) => compensation ?? []),
    intents: done.filter((one) => isIntent(one.id)),
  };
  return { ...report, stage: stageOf(state, report) };
}

function outcomeAt(
  state: ReplicaState,
  { id, kind, position }: MergedOperation,
): Outcome | undefined {
  if (kind === 'intent' || kind === 'cancelled') return answerTo(state, id);
  return outcomeOf(state.fold, id, position);
}

/** Of an intent: only its own answer is one, and not that the audit has passed it. */
function answerTo({ fold }: ReplicaState, id: OperationId): Outcome | undefined {
  return outcomeOf(fold, id, Number.POSITIVE_INFINITY);
}

function outcomeOfOwn(
  state: ReplicaState,
  id: OperationId,
  order: readonly ReportedOperation[],
): Outcome | undefined {
  const receipt = state.receipts.get(id);
  if (receipt && isOutcome(receipt)) return receipt;
  const merged = order.filter((one) => one.id === id && one.outcome !== undefined);
  return merged[0]?.outcome ?? answerTo(state, id);
}

/** Those that an operation of the episode explains, or that came with what it brought together. */
function casesOf(state: ReplicaState, episode: StoredEpisode): readonly ReportedCase[] {
  const { after = 0, upTo = 0 } = episode.merged ?? {};
  const done = new Set(episode.operations);
  return [...state.fold.casesById.values()].flatMap((found) => {
    const { id, invariant, key, deficit, violations, affected } = found;
    const participants = new Set(violations.flatMap((one) => one.participants.map((p) => p.id)));
    const isConcerned =
      violations.some(({ position }) => position > after && position <= upTo) ||
      [...participants].some((operation) => done.has(operation));
    if (!isConcerned) return [];
    return [
      {
        ...{ id, invariant, key, state: found.state, deficit },
        triggers: violations.map(({ trigger }) => trigger.id),
        participants: [...participants],
        affected: affected.map((operation) => operation.id),
        compensation: found.compensation,
      },
    ];
  });
}

function stageOf(
  state: ReplicaState,
  { episode, cases, done, order }: Omit<RecoveryReport, 'stage'>,
): RecoveryReport['stage'] {
  if (state.episode?.id === episode) {
    return state.mode === 'recovering' ? 'recovering' : 'cut-off';
  }
  const isSettled =
    [...done, ...order].every(({ outcome }) => outcome !== undefined) &&
    cases.every((found) => isClosed(found.state));
  return isSettled ? 'settled' : 'recovered';
}
