// The same numbers for the link, which all documents of a client share. It knows of no operations, so
// that its false partitions are those after which nothing had been waiting for an answer.
import type { Moment } from '../moment.ts';
import type { EpisodeRecord, PartitionMetrics } from './episode-metrics.ts';
import { toPartitionMetrics } from './episode-metrics.ts';
import type { LinkEffect, LinkInput, LinkReport, LinkState } from './link.ts';
import { boundMs } from './link.ts';

interface OpenCut {
  readonly cause: string;
  readonly beganWallMs: number;
  readonly beganMs: number;
  readonly boundMs: number;
  hadWork: boolean;
  wasAskedFor: boolean;
}

/** Owned by the driver of one link. */
export interface LinkWatch {
  missedInRow: number;
  open: OpenCut | undefined;
  readonly over: EpisodeRecord[];
  readonly counts: { -readonly [name in keyof LinkCounts]: LinkCounts[name] };
}

export interface LinkCounts {
  readonly sockets_opened: number;
  readonly sockets_closed: number;
  readonly probes_sent: number;
  readonly echoes_received: number;
  readonly bounds_missed: number;
}
export interface LinkMetrics extends LinkCounts, PartitionMetrics {
  /** Smoothed; undefined before the first echo. */
  readonly round_trip_seconds: number | undefined;
  readonly bound_seconds: number;
}

export function watchLink(): LinkWatch {
  const counts = { sockets_opened: 0, sockets_closed: 0, probes_sent: 0, echoes_received: 0 };
  return { missedInRow: 0, open: undefined, over: [], counts: { ...counts, bounds_missed: 0 } };
}

/** Takes notice of one input that the link has taken. Cost: O(effects). */
export function noticeLinkStep(
  watch: LinkWatch,
  input: LinkInput,
  o: {
    readonly effects: readonly LinkEffect[];
    readonly state: LinkState;
    readonly moment: Moment;
  },
): void {
  if (watch.open && o.state.isWorkOutstanding) watch.open.hadWork = true;
  for (const effect of o.effects) {
    if (effect.type === 'probe') watch.counts.probes_sent += 1;
    if (effect.type === 'report') noticeReport(watch, effect.event, o);
  }
  if (input.type === 'wentOffline') begin(watch, 'went-offline', o);
}

const countedAs: Readonly<Record<LinkReport, keyof LinkCounts | undefined>> = {
  opened: 'sockets_opened',
  closed: 'sockets_closed',
  echoed: 'echoes_received',
  'bound-missed': 'bounds_missed',
  'closed-past-bound': undefined,
};

/** As documents do: one missed bound makes suspicious, the second one or a long silence cuts. */
function noticeReport(
  watch: LinkWatch,
  event: LinkReport,
  o: { readonly state: LinkState; readonly moment: Moment },
): void {
  const counted = countedAs[event];
  if (counted) watch.counts[counted] += 1;
  if (event === 'bound-missed') watch.missedInRow += 1;
  if (event === 'closed') watch.missedInRow = 1;
  if (event === 'closed-past-bound') begin(watch, event, o);
  else if (event === 'bound-missed' && watch.missedInRow > 1) begin(watch, event, o);
  if (event !== 'echoed') return;
  watch.missedInRow = 0;
  if (watch.open) watch.over.push(recordOf(watch.open, o.moment, true));
  watch.open = undefined;
}

function begin(
  watch: LinkWatch,
  cause: string,
  { state, moment }: { readonly state: LinkState; readonly moment: Moment },
): void {
  watch.open ??= {
    cause,
    beganWallMs: moment.wallMs,
    beganMs: moment.monotonicMs,
    boundMs: boundMs(state),
    hadWork: state.isWorkOutstanding,
    wasAskedFor: false,
  };
  if (cause === 'went-offline') watch.open.wasAskedFor = true;
}

function recordOf(open: OpenCut, moment: Moment, isOver: boolean): EpisodeRecord {
  const durationMs = Math.max(0, moment.monotonicMs - open.beganMs);
  const isFalse = durationMs <= open.boundMs && !open.hadWork && !open.wasAskedFor;
  return {
    id: `link-${Math.round(open.beganMs)}`,
    cause: open.cause,
    beganWallMs: open.beganWallMs,
    durationMs,
    isOver,
    operations: 0,
    heldBack: 0,
    missedEntries: 0,
    hasLate: open.hadWork,
    verdict: isOver ? (isFalse ? 'false' : 'real') : 'unjudged',
  };
}

/** Since this client was made. Cost: O(cuts). */
export function linkMetrics(watch: LinkWatch, state: LinkState, moment: Moment): LinkMetrics {
  const { open, over } = watch;
  const tripMs = state.roundTripMs;
  return {
    ...watch.counts,
    ...toPartitionMetrics(open ? [...over, recordOf(open, moment, false)] : over),
    round_trip_seconds: tripMs === undefined ? undefined : tripMs / 1_000,
    bound_seconds: boundMs(state) / 1_000,
  };
}
