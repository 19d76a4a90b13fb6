// What one peer may cost the others: every queue, wait and size of the relay has a bound.
import { type Limits, defaultLimits as wireLimits } from '@causeway/protocol';

export interface RelayLimits {
  readonly frameBytesMax: number;
  readonly changeBytesMax: number;
  /** Links at a time; more are refused before the handshake. */
  readonly linksMax: number;
  readonly documentsPerSessionMax: number;
  /** `hello` must come within this time, absolutely: half-open links cost memory. */
  readonly greetingMs: number;
  /** A link on which nothing was heard for so long is closed. */
  readonly idleMs: number;
  /** One batch of entries: also the largest that is pushed live; more is read from the store. */
  readonly batchBytesMax: number;
  readonly batchEntriesMax: number;
  /** Above it nothing is pushed to a session until it has drained; it resumes from the store. */
  readonly bufferedBytesSoft: number;
  /** Above it the link is closed: too-slow. */
  readonly bufferedBytesMax: number;
  /** So long may a session stay above the soft limit. */
  readonly drainMs: number;
  /** Unanswered pushes of one session: above it, its socket is not read. */
  readonly pushBytesInFlightMax: number;
  /** One append group: what a single step of the store may hold up. */
  readonly groupBytesMax: number;
  readonly groupRequestsMax: number;
  /** Loading the application module. */
  readonly appLoadMs: number;
  /** A primary that shows no sign of life for so long is stopped and started again. */
  readonly heartbeatMs: number;
  /** Of the JavaScript heap of the primary's process. */
  readonly primaryMegabytesMax: number;
  /** So many new entries are worth a checkpoint of their document's audit. */
  readonly checkpointEntries: number;
  /** After so long without entries one is taken, however few there are. */
  readonly checkpointIdleMs: number;
  /** All that closing may take. */
  readonly closeMs: number;
}

const KiB = 1024;
const MiB = 1024 * KiB;

export const defaultLimits: RelayLimits = {
  ...wireLimits,
  linksMax: 10_000,
  documentsPerSessionMax: 256,
  greetingMs: 5_000,
  idleMs: 60_000,
  batchBytesMax: 256 * KiB,
  batchEntriesMax: 4_096,
  bufferedBytesSoft: 256 * KiB,
  bufferedBytesMax: 4 * MiB,
  drainMs: 15_000,
  pushBytesInFlightMax: 8 * MiB,
  groupBytesMax: 2 * MiB,
  groupRequestsMax: 1_024,
  appLoadMs: 10_000,
  heartbeatMs: 5_000,
  primaryMegabytesMax: 1_024,
  checkpointEntries: 1_000,
  checkpointIdleMs: 60_000,
  closeMs: 5_000,
};

/** What a client is told of them. */
export function publishedLimits(limits: RelayLimits): Limits {
  return { frameBytesMax: limits.frameBytesMax, changeBytesMax: limits.changeBytesMax };
}
