// The relay's log on a simulated disk: a group is durable at one instant, and told a while later, so
// a crash finds it before, between or after. It outlives the processes that use it.
import type { DocumentId } from '@causeway/core';
import type { CheckpointPort } from '@causeway/primary';
import type { AppendRequest, AppendResult, LogStore } from '@causeway/relay';
import { LogFailure, openMemoryStore } from '@causeway/relay';
import type { Random } from '../random.ts';
import { settle } from './settle.ts';
import type { SimulatedHost } from './simulated-host.ts';
import { spoilCheckpoint } from './spoil-checkpoint.ts';

export interface RelayDiskFaults {
  latencyMs: { from: number; to: number };
  /** While set, every append is refused with it. */
  failure: LogFailure['code'] | undefined;
}

export class RelayDisk {
  readonly faults: RelayDiskFaults = { latencyMs: { from: 0.2, to: 2 }, failure: undefined };
  /** The durable log itself: what it holds was synced. */
  readonly log: LogStore;
  /** Checkpoints that are being written, by the process that does it. */
  private readonly writing = new Map<
    SimulatedHost,
    Set<readonly [DocumentId, number, Uint8Array]>
  >();
  private readonly onDurable: (results: readonly AppendResult[]) => void;

  constructor(o: {
    readonly random: Random;
    /** Told at the instant at which a group becomes durable, before anybody else. */
    readonly onDurable: (results: readonly AppendResult[]) => void;
  }) {
    const identity = o.random.bytes(16);
    this.log = openMemoryStore({ identity });
    this.onDurable = o.onDurable;
  }

  /** Where the primary in this process keeps its checkpoints. */
  checkpoints(process: SimulatedHost, random: Random): CheckpointPort {
    const store = this.open(process, random);
    const writing = new Set<readonly [DocumentId, number, Uint8Array]>();
    this.writing.set(process, writing);
    return {
      load(document, answer) {
        const give = (bytes: Uint8Array | undefined): void =>
          answer(bytes && spoilCheckpoint(bytes, random));
        void store.checkpoint(document).then(give);
      },
      save(...kept) {
        writing.add(kept);
        void store.saveCheckpoint(...kept).then(() => writing.delete(kept));
      },
    };
  }

  /** The process died: what it was writing may be there in part. */
  tear(process: SimulatedHost, random: Random): void {
    for (const [document, position, bytes] of this.writing.get(process) ?? []) {
      const torn = bytes.subarray(0, random.below(bytes.length));
      if (random.chance(0.5)) void this.log.saveCheckpoint(document, position, torn);
    }
    this.writing.delete(process);
  }

  /** The store of one process. */
  open(process: SimulatedHost, random: Random): LogStore {
    const { faults, log } = this;
    const half = (): number => {
      const { from, to } = faults.latencyMs;
      return (from + random.next() * (to - from)) / 2;
    };
    const later = <T>(act: () => Promise<T>): Promise<T> => {
      const { promise, resolve, reject } = Promise.withResolvers<T>();
      process.after(half(), () => {
        const answer = settle(act(), resolve, reject);
        process.after(half(), () => void answer.then((tell) => tell()));
      });
      return promise;
    };
    const append = async (requests: readonly AppendRequest[]): Promise<readonly AppendResult[]> => {
      if (faults.failure) {
        const message = `simulated: ${faults.failure}`;
        throw new LogFailure(faults.failure, message, { retry: true });
      }
      const results = await log.append(requests);
      this.onDurable(results);
      return results;
    };
    return {
      durability: 'fsync',
      head: (document) => later(() => log.head(document)),
      append: (requests) => later(() => append(requests)),
      read: (document, o) => later(() => log.read(document, o)),
      prefixHash: (document, position) => later(() => log.prefixHash(document, position)),
      writers: (document, ids) => later(() => log.writers(document, ids)),
      documents: () => later(() => log.documents()),
      checkpoint: (document) => later(() => log.checkpoint(document)),
      saveCheckpoint: (document, position, bytes) =>
        later(() => log.saveCheckpoint(document, position, bytes)),
      close: async () => undefined,
    };
  }
}
