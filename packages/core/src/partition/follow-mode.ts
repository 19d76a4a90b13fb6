// Mode and episode of one document: what the link reports becomes a mode, and each stay in
// partition mode becomes an episode with its cause, its operations and its end.
import { askToSubscribe } from '../causality/receive.ts';
import { isEngineRequest } from '../intents/intent.ts';
import { expireIntents } from '../intents/keep-intents.ts';
import type { Moment } from '../moment.ts';
import { askStore } from '../queue/ask-store.ts';
import { refillOutbox } from '../queue/push.ts';
import { followLate } from '../queue/run-operation.ts';
import { sealEdits } from '../queue/seal.ts';
import type { ReplicaInput } from '../replica-input.ts';
import type { ReplicaState } from '../replica-state.ts';
import type { ModeEvent } from './mode.ts';
import { nextMode } from './mode.ts';

/** A primary that is silent for so long no longer keeps a replica in `recovering`. */
const auditPatienceMs = 30_000;

export function moveMode(state: ReplicaState, event: ModeEvent, moment: Moment): void {
  const before = state.mode;
  if (event === 'echoed') state.link.hasEchoed = true;
  // A link that works while the log cannot be followed is no recovery.
  const isUsable = event !== 'echoed' || (state.link.isSubscribed && !state.frozen);
  if (!isUsable && before !== 'connected') return;
  state.mode = nextMode(before, event);
  if (state.mode === before) return;
  if (state.mode === 'partitioned') beginEpisode(state, event, moment);
  if (state.mode === 'connected' && state.episode) endEpisode(state, moment);
}

function beginEpisode(state: ReplicaState, why: ModeEvent, moment: Moment): void {
  state.why = why;
  if (state.episode) return; // Cut again while recovering: the same episode goes on.
  state.episode = {
    id: `${state.author.writer}-${Math.round(moment.monotonicMs)}`,
    beganWallMs: moment.wallMs,
    why,
    operations: [],
    endedWallMs: undefined,
  };
  state.episodeOperations = [];
  askStore(state, { type: 'save-episode', episode: state.episode });
}

function endEpisode(state: ReplicaState, moment: Moment): void {
  if (!state.episode) return;
  const episode = {
    ...state.episode,
    operations: state.episodeOperations,
    endedWallMs: moment.wallMs,
  };
  askStore(state, { type: 'save-episode', episode });
  state.episodes.push(episode);
  state.episode = undefined;
  state.episodeOperations = [];
}

export function followLink(
  state: ReplicaState,
  input: Extract<ReplicaInput, { type: 'linkOpened' | 'linkClosed' }>,
): void {
  const { link } = state;
  link.isSubscribed = false;
  link.hasEchoed = false;
  link.outbox = [];
  link.inFlight = 0;
  link.retryAtMs = Number.POSITIVE_INFINITY;
  link.isOpen = input.type === 'linkOpened';
  if (input.type === 'linkClosed') return;
  link.hasPrimary = input.hasPrimary;
  link.changeBytesMax = input.changeBytesMax;
  link.refused.clear();
  for (const [writer, lost] of state.lost) link.refused.set(writer, lost);
  askToSubscribe(state);
}

/** True when recovery is over: own queue committed, and the audit at the head (or none to wait for). */
export function isCaughtUp(state: ReplicaState, moment: Moment): boolean {
  const { link, head, auditDue, fold } = state;
  if (!link.isSubscribed || state.frozen || state.edits.updates.length > 0) return false;
  if ((head?.position ?? 0) < link.headPosition) return false;
  for (const pending of state.queue.values()) {
    const isStuck = link.refused.has(pending.change.author.writer);
    if (pending.position === undefined && !isStuck) return false;
  }
  if (!link.hasPrimary || fold.auditedTo >= auditDue.position) return true;
  return moment.monotonicMs - auditDue.sinceMs >= auditPatienceMs;
}

/** Time passed: seal edits that waited, notice operations that are late, try refused pushes again. */
export function followClock(state: ReplicaState, moment: Moment): void {
  const now = moment.monotonicMs;
  if (now >= state.edits.sealAtMs) sealEdits(state);
  if (now >= state.link.retryAtMs) {
    state.link.retryAtMs = Number.POSITIVE_INFINITY;
    refillOutbox(state);
  }
  for (const [operation, dueMs] of state.lateAtMs) {
    if (now < dueMs) continue;
    state.lateAtMs.delete(operation);
    // A key may be held elsewhere: that says nothing of the link.
    const isEngine = isEngineRequest(state.intents.get(operation)?.intent.name ?? '');
    if (!isEngine) moveMode(state, 'operation-late', moment);
    followLate(state, operation, moment);
  }
  expireIntents(state, moment);
}
