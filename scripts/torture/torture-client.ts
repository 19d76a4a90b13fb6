// A real client under load: it runs operations on all its documents, whatever the line does, and may
// be reloaded in between as a page is.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, connect, createMemoryDatabase, memoryStore } from '@causeway/client';
import { app } from '@causeway/demo/bank';
import type { Random } from '@causeway/testkit';
import type { SettledReplica } from './judge-run.ts';
import type { OperationBook } from './operation-book.ts';
import { accounts, type BankHandle, showReplica, unsettledReason } from './show-replica.ts';

export interface TortureClientOptions {
  readonly name: string;
  readonly url: string;
  readonly book: OperationBook;
  readonly random: Random;
  /** Between two operations of this client, on average. */
  readonly pauseMs: number;
}

/** A relay that is killed every second must be found again within a fraction of that. */
const bounds = { retryFloorMs: 20, retryCeilingMs: 250, stableMs: 200, connectMs: 2_000 };
/** Uncommitted operations of one client and document: more would only be a longer queue. */
const pendingMax = 20;

/** Owns a device: its memory, its connection and its load. */
export class TortureClient {
  readonly name: string;
  private readonly o: TortureClientOptions;
  private readonly memory = createMemoryDatabase();
  private client: Client<typeof app>;
  private handles = new Map<string, BankHandle>();
  private loading: Promise<void> | undefined;
  private isLoaded = false;

  constructor(o: TortureClientOptions) {
    this.o = o;
    this.name = o.name;
    this.client = this.connect();
  }

  async open(documents: readonly string[]): Promise<void> {
    for (const document of documents) {
      this.handles.set(document, await this.client.open(document));
    }
  }

  startLoad(): void {
    this.isLoaded = true;
    this.loading = this.load();
  }

  async stopLoad(): Promise<void> {
    this.isLoaded = false;
    await this.loading;
  }

  /** Closes and comes back on the same memory, with all that was pending. */
  async reload(): Promise<void> {
    await this.stopLoad();
    const documents = [...this.handles.keys()];
    await this.client.close();
    this.client = this.connect();
    this.handles = new Map();
    await this.open(documents);
    for (const operation of this.o.book.operationsById.values()) {
      const isMine = operation.client === this.name && operation.outcome === undefined;
      const receipt = isMine && this.handles.get(operation.document)?.receipt(operation.id);
      if (receipt) this.o.book.follow(receipt, operation);
    }
    this.startLoad();
  }

  /** Why this client has not settled yet; undefined once it has. */
  unsettled(): string | undefined {
    for (const handle of this.handles.values()) {
      const reason = unsettledReason(this.name, handle);
      if (reason !== undefined) return reason;
    }
    return undefined;
  }

  /** What it has seen of each writer of a document. */
  seenOf(document: string): string {
    return JSON.stringify([...(this.handles.get(document)?.vector() ?? [])].sort());
  }

  show(document: string): SettledReplica {
    const handle = this.handles.get(document);
    if (!handle) throw new Error(`${this.name} never opened ${document}`);
    return showReplica(this.name, handle);
  }

  async closeDocuments(): Promise<void> {
    for (const handle of this.handles.values()) await handle.close();
    this.handles.clear();
  }

  async close(): Promise<void> {
    await this.stopLoad();
    await this.client.close();
  }

  private connect(): Client<typeof app> {
    return connect({
      app,
      url: this.o.url,
      store: memoryStore(this.memory),
      bounds,
      effects: { dispense: async (_, { key }) => this.o.book.noteAct(key) },
    });
  }

  private async load(): Promise<void> {
    while (this.isLoaded) {
      await sleep(this.o.random.below(2 * this.o.pauseMs + 1));
      for (const [document, handle] of this.handles) {
        if (handle.pending.current.length < pendingMax) this.runOne(document, handle);
      }
    }
  }

  /** More is taken out than paid in, by everybody at once: overdrafts are part of the load. */
  private runOne(document: string, handle: BankHandle): void {
    const { random, book } = this.o;
    const name = random.below(5) < 2 ? 'deposit' : 'withdraw';
    const account = random.pick<string>(accounts);
    const cents = 1 + random.below(20_00);
    const receipt = handle.run(name, { account, cents, at: this.name });
    book.follow(receipt, { client: this.name, document, name, account, cents });
  }
}
