// The durable log of one machine: SQLite in a worker thread, so that waiting for the disk never
// holds up the relay's event loop (docs/adr/0004-log-on-sqlite.md).
import { Worker } from 'node:worker_threads';
import type { DocumentId, LogHead, WriterId } from '@causeway/core';
import type { AppendRequest, AppendResult, LogStore, WriterHead } from './log-store.ts';
import { LogFailure } from './log-store.ts';
import { noticeToFailure, toLogFailure } from './sqlite-failure.ts';
import type { RequestOutcome } from './sqlite-log.ts';
import type {
  StoreAnswer,
  StoreCall,
  StoreCallName,
  StoreCalls,
  StoreReply,
  WorkerSetup,
} from './sqlite-messages.ts';
import { openingId, packRequests, unpackEntries } from './sqlite-messages.ts';

const headsMax = 16_384;

export interface SqliteStoreOptions {
  /** How long a commit waits for another process that writes to the file. 5,000 by default. */
  readonly busyTimeoutMs?: number;
  /** The most that the file may grow to; appends beyond it fail as `disk-full`. No limit by default. */
  readonly fileBytesMax?: number;
}

/**
 * Opens the log in a data folder, creating both as needed. One process at a time: rejects with
 * LogFailure `not-writable` when the folder cannot be used or another relay has it, and `failed`
 * when its file has another version's format.
 */
export async function openSqliteStore(
  folder: string,
  { busyTimeoutMs = 5_000, fileBytesMax }: SqliteStoreOptions = {},
): Promise<LogStore> {
  const store = new SqliteStore({ folder, busyTimeoutMs, fileBytesMax });
  await store.opened;
  return store;
}

interface Waiting {
  readonly resolve: (answer: StoreAnswer) => void;
  readonly reject: (failure: LogFailure) => void;
}

class SqliteStore implements LogStore {
  readonly durability = 'fsync';
  readonly opened: Promise<unknown>;
  private readonly worker: Worker;
  private readonly waitingById = new Map<number, Waiting>();
  private readonly headsByDocument = new Map<DocumentId, LogHead>();
  private outbox: StoreCall[] = [];
  private nextId = openingId + 1;
  private ended: LogFailure | undefined;
  private closing: Promise<void> | undefined;

  constructor(setup: WorkerSetup) {
    // Built files have another ending, and compilers do not rewrite it inside a URL.
    const ending = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
    const script = new URL(`./sqlite-worker${ending}`, import.meta.url);
    this.worker = new Worker(script, { workerData: setup, name: 'causeway-log' });
    this.opened = this.expect(openingId);
    this.worker.on('message', (replies: readonly StoreReply[]) => replies.forEach(this.settle));
    this.worker.on('error', (cause) => this.end(toLogFailure(cause, "the log's worker stopped")));
    this.worker.on('exit', () => this.end(closedFailure()));
  }

  async head(document: DocumentId): Promise<LogHead> {
    const known = this.headsByDocument.get(document);
    if (known && !this.closing && !this.ended) return known;
    const head = await this.ask('head', { document });
    this.rememberHead(document, head);
    return head;
  }

  async append(requests: readonly AppendRequest[]): Promise<readonly AppendResult[]> {
    const outcomes = await this.ask('append', packRequests(requests));
    return requests.flatMap((request, index) => {
      const outcome = outcomes[index];
      if (!outcome) return [];
      this.rememberHead(request.document, outcome.head);
      return [outcomeToResult(request, outcome)];
    });
  }

  async read(document: DocumentId, o: { readonly after: number; readonly bytesMax: number }) {
    const answer = await this.ask('read', { document, after: o.after, bytesMax: o.bytesMax });
    return { entries: unpackEntries(answer), prefixHash: answer.prefixHash };
  }

  async prefixHash(document: DocumentId, position: number): Promise<Uint8Array | undefined> {
    return await this.ask('prefix-hash', { document, position });
  }

  async writers(document: DocumentId, ids: readonly WriterId[]): Promise<readonly WriterHead[]> {
    return await this.ask('writers', { document, ids });
  }

  async documents(): Promise<readonly DocumentId[]> {
    return await this.ask('documents', {});
  }

  async checkpoint(document: DocumentId): Promise<Uint8Array | undefined> {
    return await this.ask('checkpoint', { document });
  }

  async saveCheckpoint(document: DocumentId, position: number, bytes: Uint8Array): Promise<void> {
    // A copy: a view would send all of the buffer behind it.
    await this.ask('save-checkpoint', { document, position, bytes: bytes.slice() });
  }

  /** Commits what was asked before, then closes the file. A second call awaits the first. */
  async close(): Promise<void> {
    this.closing ??= this.closeWorker();
    await this.closing;
  }

  private async closeWorker(): Promise<void> {
    if (this.ended) return;
    try {
      await this.ask('close', {});
    } finally {
      await this.worker.terminate();
    }
  }

  private async ask<N extends StoreCallName>(
    name: N,
    ask: StoreCalls[N]['ask'],
  ): Promise<StoreCalls[N]['answer']> {
    if (this.ended) throw this.ended;
    if (this.closing) throw closedFailure();
    const id = this.nextId++;
    // All calls of one turn are one message: waking the worker costs more than carrying them.
    if (this.outbox.push({ id, name, ask } as StoreCall) === 1) queueMicrotask(this.flush);
    return (await this.expect(id)) as StoreCalls[N]['answer'];
  }

  private expect(id: number): Promise<StoreAnswer> {
    const { promise, resolve, reject } = Promise.withResolvers<StoreAnswer>();
    this.waitingById.set(id, { resolve, reject });
    return promise;
  }

  private readonly flush = (): void => {
    const calls = this.outbox;
    this.outbox = [];
    this.worker.postMessage(calls);
  };

  private readonly settle = (reply: StoreReply): void => {
    const waiting = this.waitingById.get(reply.id);
    this.waitingById.delete(reply.id);
    if (reply.type === 'answered') waiting?.resolve(reply.answer);
    else waiting?.reject(noticeToFailure(reply.failure));
  };

  /** Fails what waits, and all that comes: nobody may wait for a worker that is gone. */
  private end(failure: LogFailure): void {
    this.ended ??= failure;
    for (const { reject } of this.waitingById.values()) reject(this.ended);
    this.waitingById.clear();
  }

  private rememberHead(document: DocumentId, head: LogHead): void {
    const known = this.headsByDocument.get(document);
    // Promises settle in order, but nobody should have to prove it: a head never goes back.
    if (known && known.position > head.position) return;
    this.headsByDocument.set(document, head);
    if (this.headsByDocument.size <= headsMax) return;
    const [oldest] = this.headsByDocument.keys();
    if (oldest !== undefined) this.headsByDocument.delete(oldest);
  }
}

function outcomeToResult(request: AppendRequest, outcome: RequestOutcome): AppendResult {
  if (outcome.type === 'refused') return outcome;
  const { fresh, head } = outcome;
  const skipped = request.changes.length - fresh;
  const entries = request.changes.slice(skipped).map((sealed, index) => ({
    position: head.position - fresh + 1 + index,
    author: request.author,
    seq: request.firstSeq + skipped + index,
    sealed,
  }));
  return { type: 'appended', entries, head };
}

function closedFailure(): LogFailure {
  return new LogFailure('closed', 'the log was closed: open it again', { retry: false });
}
