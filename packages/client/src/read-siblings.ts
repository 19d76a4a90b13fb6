// What other tabs of this profile saved: their changes and intents become this tab's, too. When one of
// them dies, what waited in it is handed over by those that are left.
import type { DocumentId, WriterId } from '@causeway/core';
import type { DocumentDriver } from './drive-document.ts';
import type { ClientPlatform } from './platform.ts';
import type { ReplicaStore } from './store.ts';
import { holdWriterLock, othersAlive, writerIsGone } from './writer-locks.ts';

export interface SiblingsOptions {
  readonly store: ReplicaStore;
  readonly platform: Pick<ClientPlatform, 'locks'>;
  readonly database: string;
  /** A tab that had this document open is dead: what it left is to be read. */
  readonly died: (id: DocumentId) => void;
}

/** The other tabs of one client. */
export class Siblings {
  private readonly o: SiblingsOptions;
  private readonly awaited = new Set<string>();
  private readonly bereaved = new Set<DocumentId>();

  constructor(o: SiblingsOptions) {
    this.o = o;
  }

  /** One more that is alive, until the returned function is called. */
  join(writer: WriterId): () => void {
    return holdWriterLock(this.o.platform.locks, this.o.database, writer);
  }

  /** Whoever is alive beside `self`; what dead tabs had begun begins again. */
  async releaseDead(id: DocumentId, self: WriterId): Promise<ReadonlySet<WriterId>> {
    const { store, platform, database } = this.o;
    const alive = await othersAlive(platform.locks, database, self);
    await store.releaseDead(id, new Set([...alive, self]));
    return alive;
  }

  /** Reads what there is, and tells the machine. Cost: O(queue + intents). */
  async read(driver: DocumentDriver): Promise<void> {
    const { store, platform, database } = this.o;
    const { id, author } = driver.state;
    if (this.bereaved.has(id)) await this.releaseDead(id, author.writer);
    this.bereaved.delete(id); // Not before: where the disk fails all of it is done again.
    const alive = await othersAlive(platform.locks, database, author.writer);
    this.watch(id, alive);
    // In this order: what is handed over meanwhile is then seen in the queue.
    const intents = await store.intents(id);
    const changes = await store.queueAfter(id, 0);
    const rights = await store.rights(id);
    driver.tell({ type: 'siblingsSaved', changes, intents, rights, alive });
  }

  /** Waits for the end of each: nobody else would say that it came. */
  watch(id: DocumentId, alive: ReadonlySet<WriterId>): void {
    const { platform, database, died } = this.o;
    for (const writer of platform.locks ? alive : []) {
      const name = `${id} ${writer}`;
      if (this.awaited.has(name)) continue;
      this.awaited.add(name);
      void writerIsGone(platform.locks, database, writer).then(() => {
        this.bereaved.add(id);
        died(id);
      });
    }
  }
}
