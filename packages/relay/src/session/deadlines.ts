// When does the machine want to hear of the time? Deadlines only move later while messages come, so
// none is kept per message: the earliest is asked for once, and looked up again when it is due.
import type { RelayLimits } from '../limits.ts';
import type { Session, Step } from '../relay-state.ts';

/** A clock so late means that this process slept, not that the peers did. */
const lateMsMax = 2_000;

/** Asks for the clock by then, unless it comes earlier anyway. Cost: O(1). */
export function wakeBy({ state, effects }: Step, monotonicMs: number): void {
  if (state.wakeMs !== undefined && state.wakeMs <= monotonicMs) return;
  state.wakeMs = monotonicMs;
  effects.push({ type: 'wakeAt', monotonicMs });
}

/** Which deadline a session is held to, and when it passes. The primary has a heartbeat instead. */
export function deadlineOf(
  session: Session,
  limits: RelayLimits,
): { readonly why: 'not-greeted' | 'too-slow' | 'idle'; readonly atMs: number } | undefined {
  if (session.privilege === 'primary') return undefined;
  if (!session.isGreeted) {
    return { why: 'not-greeted', atMs: session.openedMs + limits.greetingMs };
  }
  const idle = { why: 'idle', atMs: session.heardMs + limits.idleMs } as const;
  if (session.behindMs === undefined) return session.isPaused ? undefined : idle;
  const drain = { why: 'too-slow', atMs: session.behindMs + limits.drainMs } as const;
  return drain.atMs < idle.atMs || session.isPaused ? drain : idle;
}

/**
 * Sessions whose deadline has passed; asks for the next one. When the clock itself came late (the
 * machine slept), everyone gets their time again: what they sent meanwhile was not read yet.
 */
export function passedDeadlines(step: Step): readonly Session[] {
  const { state, nowMs } = step;
  const isLate = state.wakeMs !== undefined && nowMs > state.wakeMs + lateMsMax;
  const passed: Session[] = [];
  let nextMs: number | undefined;
  for (const session of state.sessions.values()) {
    if (isLate) startAnew(session, nowMs);
    const deadline = deadlineOf(session, state.limits);
    if (!deadline) continue;
    if (deadline.atMs <= nowMs) passed.push(session);
    else if (nextMs === undefined || deadline.atMs < nextMs) nextMs = deadline.atMs;
  }
  state.wakeMs = undefined;
  if (nextMs !== undefined) wakeBy(step, nextMs);
  return passed;
}

function startAnew(session: Session, nowMs: number): void {
  session.openedMs = nowMs;
  session.heardMs = nowMs;
  if (session.behindMs !== undefined) session.behindMs = nowMs;
}
