// How often does the detector say "cut off", for how long, and how often for nothing? Watches one
// document, or one link, from outside: it reads what a machine did and changes nothing of it.
//
// A FALSE partition is an episode that is over and in which all of this holds:
//   1. the link echoed again within one bound (that of the moment at which the episode began);
//   2. the line was not cut again before the episode ended, and nobody had asked for the cut;
//   3. nothing of ours was held back: no operation was refused or delayed for being cut off;
//   4. nothing of ours was late: each own change was committed within one bound after it was made or,
//      made before the episode, after the episode began; no operation passed a bound of its own;
//   5. no entry of others was missed: none had to be fetched by resuming the log after the break.
// So: nobody would have noticed had the detector waited one bound longer. An episode that began before
// this page cannot be judged, and counts as entry but not as judged.
import type { OperationId } from '../identity.ts';
import type { Moment } from '../moment.ts';
import type { ReceiptState } from '../outcome.ts';
import type { StoredEpisode } from '../queue/stored.ts';
import type { ReplicaInput } from '../replica-input.ts';
import type { ReplicaState } from '../replica-state.ts';
import { pendingKey } from '../replica-state.ts';
import type { EpisodeRecord, PartitionMetrics } from './episode-metrics.ts';
import { recordOfStored, toPartitionMetrics } from './episode-metrics.ts';

/** The episode that is going on. */
interface OpenEpisode {
  readonly id: string;
  readonly cause: string;
  readonly beganWallMs: number;
  readonly beganMs: number;
  readonly boundMs: number;
  /** False after a reload: what happened before is not known here. */
  readonly isWhole: boolean;
  echoedAfterMs: number | undefined;
  cuts: number;
  wasAskedFor: boolean;
  hasLate: boolean;
  missedEntries: number;
  /** Entries up to here were in the log when it was resumed: of others, they came too late. */
  resumedTo: number;
  readonly asked: OperationId[];
  /** Own changes not committed, and until when they are in time. */
  readonly dueMs: Map<string, number>;
  watchedSeq: number;
}

/** Owned by the driver of one document. */
export interface PartitionWatch {
  open: OpenEpisode | undefined;
  readonly over: EpisodeRecord[];
}

/** Begins with the replica. An episode that a reload brought along is not known as a whole. */
export function watchPartitions(state: ReplicaState): PartitionWatch {
  const { episode } = state;
  const began = { beganMs: 0, boundMs: Number.POSITIVE_INFINITY, isWhole: false };
  return { open: episode && openEpisode(state, episode, began), over: [] };
}

/**
 * Takes notice of one input that the replica has taken. Cost: O(1) while connected; during an episode
 * O(own changes that wait), at its begin O(queue).
 */
export function noticeStep(
  watch: PartitionWatch,
  input: ReplicaInput,
  o: { readonly state: ReplicaState; readonly moment: Moment; readonly boundMs: number },
): void {
  const { state, moment } = o;
  const { episode } = state;
  if (watch.open) noticeInput(watch.open, input, state, moment);
  if (watch.open?.id === episode?.id) return;
  if (watch.open) watch.over.push(recordOf(watch.open, state, { moment, isOver: true }));
  const began = { beganMs: moment.monotonicMs, boundMs: o.boundMs, isWhole: true };
  watch.open = episode && openEpisode(state, episode, began);
}

/** Of all episodes that this device kept, those of earlier pages unjudged. Cost: O(episodes). */
export function partitionMetrics(
  watch: PartitionWatch,
  state: ReplicaState,
  moment: Moment,
): PartitionMetrics {
  const now = watch.open ? [recordOf(watch.open, state, { moment, isOver: false })] : [];
  const watched = [...watch.over, ...now];
  const known = new Set(watched.map(({ id }) => id));
  const earlier = state.episodes.filter(({ id }) => !known.has(id)).map(recordOfStored);
  return toPartitionMetrics([...earlier, ...watched]);
}

function openEpisode(
  state: ReplicaState,
  episode: StoredEpisode,
  o: Pick<OpenEpisode, 'beganMs' | 'boundMs' | 'isWhole'>,
): OpenEpisode {
  const waiting = [...state.queue].filter(([, { position }]) => position === undefined);
  return {
    id: episode.id,
    cause: episode.why,
    beganWallMs: episode.beganWallMs,
    ...o,
    echoedAfterMs: undefined,
    cuts: 0,
    wasAskedFor: episode.why === 'went-offline',
    hasLate: episode.why === 'operation-late',
    missedEntries: 0,
    resumedTo: 0,
    asked: [],
    dueMs: new Map(waiting.map(([key]) => [key, o.beganMs + o.boundMs])),
    watchedSeq: state.chain.seq,
  };
}

function noticeInput(
  open: OpenEpisode,
  input: ReplicaInput,
  state: ReplicaState,
  { monotonicMs }: Moment,
): void {
  noticeDue(open, state, monotonicMs);
  if (input.type === 'runRequested') open.asked.push(input.id);
  if (input.type === 'subscribed') open.resumedTo = Math.max(open.resumedTo, input.head.position);
  if (input.type === 'entriesReceived') {
    const missed = input.items.filter(
      (item, at) =>
        input.from + at <= open.resumedTo &&
        item.type === 'change' &&
        item.author.replica !== state.author.replica,
    );
    open.missedEntries += missed.length;
  }
  if (input.type !== 'modeEventHappened') return;
  if (input.event === 'echoed') open.echoedAfterMs ??= monotonicMs - open.beganMs;
  else if (input.event === 'operation-late') open.hasLate = true;
  else if (input.event === 'went-offline') open.wasAskedFor = true;
  else if (open.echoedAfterMs !== undefined) open.cuts += 1;
}

/** Which own changes are committed by now, which are new, and is one of them late? */
function noticeDue(open: OpenEpisode, state: ReplicaState, nowMs: number): void {
  for (; open.watchedSeq < state.chain.seq; open.watchedSeq += 1) {
    const key = pendingKey(state.author.writer, open.watchedSeq + 1);
    open.dueMs.set(key, nowMs + open.boundMs);
  }
  if (open.hasLate) open.dueMs.clear(); // It is known already.
  for (const [key, dueMs] of open.dueMs) {
    if (nowMs > dueMs) open.hasLate = true;
    const pending = state.queue.get(key);
    if (!pending || pending.position !== undefined) open.dueMs.delete(key);
  }
}

function recordOf(
  open: OpenEpisode,
  state: ReplicaState,
  o: { readonly moment: Moment; readonly isOver: boolean },
): EpisodeRecord {
  const heldBack = open.asked.filter((id) => isHeldBack(state.receipts.get(id))).length;
  const { id, cause, beganWallMs, boundMs, echoedAfterMs, missedEntries, hasLate } = open;
  const isQuick = echoedAfterMs !== undefined && echoedAfterMs <= boundMs;
  const isSmooth = open.cuts === 0 && !open.wasAskedFor && !hasLate;
  const isFalse = isQuick && isSmooth && heldBack === 0 && missedEntries === 0;
  // The wall clock may be set while it lasts: only what a reload cut in two must rely on it.
  const ranMs = open.isWhole ? o.moment.monotonicMs - open.beganMs : o.moment.wallMs - beganWallMs;
  return {
    id,
    cause,
    beganWallMs,
    durationMs: Math.max(0, ranMs),
    isOver: o.isOver,
    operations: open.asked.length,
    heldBack,
    missedEntries,
    hasLate,
    verdict: o.isOver && open.isWhole ? (isFalse ? 'false' : 'real') : 'unjudged',
  };
}

/** Refused, or delayed, for being cut off: connected it would have gone through, or been judged. */
function isHeldBack(rung: ReceiptState | undefined): boolean {
  if (rung?.type === 'saved') return rung.as === 'intent';
  if (rung?.type !== 'refused') return false;
  const { code } = rung;
  return ['prohibited', 'stand-in-limit', 'no-rights', 'not-home', 'timed-out'].includes(code);
}
