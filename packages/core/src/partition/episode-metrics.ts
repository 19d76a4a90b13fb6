// The numbers of the detector, as monitoring systems take them: plain data, the unit last in each name.
import type { StoredEpisode } from '../queue/stored.ts';

/** One stay in partition mode. What `false` means stands in metrics.ts. */
export interface EpisodeRecord {
  readonly id: string;
  /** The event that began it: `bound-missed`, `closed-past-bound`, `operation-late`, `went-offline`. */
  readonly cause: string;
  readonly beganWallMs: number;
  /** Until now, while it lasts; recovery included. */
  readonly durationMs: number;
  readonly isOver: boolean;
  /** Asked for while it lasted, refused ones included. */
  readonly operations: number;
  /** Of those, refused or delayed for being cut off. */
  readonly heldBack: number;
  /** Entries of others that had to be fetched afterwards. */
  readonly missedEntries: number;
  readonly hasLate: boolean;
  /** `unjudged`: it goes on, or it began before this page. */
  readonly verdict: 'false' | 'real' | 'unjudged';
}

/** Metric names, as they are exported. */
export interface PartitionCounts {
  readonly partition_entries: number;
  readonly partition_seconds: number;
  readonly false_partitions: number;
  /** How many of the entries could be judged: what `false_partitions` is a part of. */
  readonly judged_partitions: number;
}
export interface PartitionMetrics extends PartitionCounts {
  readonly by_cause: Readonly<Record<string, PartitionCounts>>;
  /** Oldest first. */
  readonly episodes: readonly EpisodeRecord[];
}

/** Sums episodes up. Cost: O(episodes). */
export function toPartitionMetrics(episodes: readonly EpisodeRecord[]): PartitionMetrics {
  const causes = [...new Set(episodes.map(({ cause }) => cause))];
  const by_cause = causes.map((cause) => {
    return [cause, countOf(episodes.filter((episode) => episode.cause === cause))] as const;
  });
  return { ...countOf(episodes), by_cause: Object.fromEntries(by_cause), episodes };
}

function countOf(episodes: readonly EpisodeRecord[]): PartitionCounts {
  const judged = episodes.filter(({ verdict }) => verdict !== 'unjudged');
  return {
    partition_entries: episodes.length,
    partition_seconds: episodes.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1_000,
    false_partitions: judged.filter(({ verdict }) => verdict === 'false').length,
    judged_partitions: judged.length,
  };
}

/** An episode of an earlier page, as far as it was kept. Its clock was the wall's, which may be set. */
export function recordOfStored(stored: StoredEpisode): EpisodeRecord {
  const { id, why, beganWallMs, endedWallMs, operations } = stored;
  return {
    id,
    cause: why,
    beganWallMs,
    durationMs: Math.max(0, (endedWallMs ?? beganWallMs) - beganWallMs),
    isOver: endedWallMs !== undefined,
    operations: operations.length,
    heldBack: 0,
    missedEntries: 0,
    hasLate: false,
    verdict: 'unjudged',
  };
}
