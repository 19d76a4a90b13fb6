// A client's store as a whole: opened once, asked again after it failed, and its trouble told for as
// long as it lasts.
import type { ReplicaId } from '@causeway/core';
import type { ClientPlatform } from './platform.ts';
import { newReplicaId } from './platform.ts';
import type { ReplicaStore } from './store.ts';
import { StoreFailure } from './store.ts';

/** After a failure, until what could not be read is read again. */
const readAgainMs = 1_000;

export interface StoreKeeperOptions {
  readonly store: ReplicaStore;
  readonly platform: ClientPlatform;
  readonly opened: (replica: ReplicaId) => void;
  /** `failure` may have changed. */
  readonly changed: () => void;
}

export class StoreKeeper {
  /** Pending until the store is open. */
  readonly replica: Promise<ReplicaId>;
  /** The last failure that nothing has succeeded after. */
  failure: string | undefined;
  private readonly o: StoreKeeperOptions;
  private readonly identity = Promise.withResolvers<ReplicaId>();
  private opening: Promise<ReplicaId> | undefined;

  constructor(o: StoreKeeperOptions) {
    this.o = o;
    this.replica = this.identity.promise;
  }

  /** Opens the store once; after a failure, once more for whoever asks next. */
  open(): Promise<ReplicaId> {
    this.opening ??= this.readIdentity().catch((error) => {
      this.opening = undefined;
      this.lose(error);
      throw error;
    });
    return this.opening;
  }

  /**
   * Reads, and reads again where the store failed for a while, for as long as anybody wants it: what
   * another tab has saved must not stay hidden for ever.
   */
  async keepReading(read: () => Promise<void>, isWanted: () => boolean): Promise<void> {
    if (!isWanted()) return;
    try {
      await read();
      this.failure = undefined;
    } catch (error) {
      this.lose(error);
      const isWorthIt = error instanceof StoreFailure && error.retry;
      if (isWorthIt) {
        this.o.platform.after(readAgainMs, () => void this.keepReading(read, isWanted));
      }
      return;
    }
    this.o.changed();
  }

  lose(error: unknown): void {
    this.failure = error instanceof Error ? error.message : String(error);
    this.o.changed();
  }

  private async readIdentity(): Promise<ReplicaId> {
    const { store, platform, opened } = this.o;
    const { replica } = await store.open({ fresh: newReplicaId(platform) });
    this.failure = undefined;
    this.identity.resolve(replica);
    opened(replica);
    return replica;
  }
}
