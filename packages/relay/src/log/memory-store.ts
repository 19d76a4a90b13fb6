// A log that forgets when its process ends: for tests and simulation. It decides, groups and refuses
// as the durable one does; one contract suite runs on both.
import { randomBytes } from 'node:crypto';
import type { DocumentId, LogEntry, LogHead, WriterId } from '@causeway/core';
import { admit } from './admit.ts';
import { emptyHead } from './empty-head.ts';
import type { AppendRequest, AppendResult, LogStore, WriterHead } from './log-store.ts';
import { LogFailure } from './log-store.ts';
import { MemoryLog } from './memory-log.ts';
import { sha256 } from './sha256.ts';

export interface MemoryStoreOptions {
  /** What log ids are derived from: set it for runs that must repeat. Random by default. */
  readonly identity?: Uint8Array;
  /** Called before each group; by throwing a LogFailure it makes the whole group fail. */
  readonly beforeCommit?: () => void;
}

interface Waiting {
  readonly requests: readonly AppendRequest[];
  readonly resolve: (results: readonly AppendResult[]) => void;
  readonly reject: (failure: unknown) => void;
}

/** Opens an empty log in memory. */
export function openMemoryStore(options: MemoryStoreOptions = {}): LogStore {
  return new MemoryStore(options);
}

class MemoryStore implements LogStore {
  readonly durability = 'memory';
  private readonly identity: Uint8Array;
  private readonly beforeCommit: () => void;
  private readonly logsByDocument = new Map<DocumentId, MemoryLog>();
  private readonly checkpointsByDocument = new Map<DocumentId, Checkpoint>();
  private waiting: Waiting[] = [];
  private isClosed = false;

  constructor({ identity = randomBytes(16), beforeCommit = () => undefined }: MemoryStoreOptions) {
    this.identity = identity;
    this.beforeCommit = beforeCommit;
  }

  async head(document: DocumentId): Promise<LogHead> {
    this.assertOpen();
    return this.log(document).head;
  }

  async append(requests: readonly AppendRequest[]): Promise<readonly AppendResult[]> {
    this.assertOpen();
    const { promise, resolve, reject } = Promise.withResolvers<readonly AppendResult[]>();
    // What is asked for in one turn is one group, as it is one transaction in the durable store.
    if (this.waiting.push({ requests, resolve, reject }) === 1) {
      queueMicrotask(() => this.commitGroup());
    }
    return await promise;
  }

  async read(document: DocumentId, o: { readonly after: number; readonly bytesMax: number }) {
    this.assertOpen();
    return this.log(document).read(o.after, o.bytesMax);
  }

  async prefixHash(document: DocumentId, position: number): Promise<Uint8Array | undefined> {
    this.assertOpen();
    return this.log(document).prefixHash(position);
  }

  async writers(document: DocumentId, ids: readonly WriterId[]): Promise<readonly WriterHead[]> {
    this.assertOpen();
    const log = this.log(document);
    return ids.map((id) => log.writer(id)).filter((head) => head !== undefined);
  }

  async documents(): Promise<readonly DocumentId[]> {
    this.assertOpen();
    return [...this.logsByDocument.keys()].sort();
  }

  async checkpoint(document: DocumentId): Promise<Uint8Array | undefined> {
    this.assertOpen();
    return this.checkpointsByDocument.get(document)?.bytes;
  }

  async saveCheckpoint(document: DocumentId, position: number, bytes: Uint8Array): Promise<void> {
    this.assertOpen();
    const newest = this.checkpointsByDocument.get(document)?.position ?? 0;
    if (position >= newest) this.checkpointsByDocument.set(document, { position, bytes });
  }

  async close(): Promise<void> {
    this.commitGroup();
    this.isClosed = true;
  }

  private commitGroup(): void {
    const group = this.waiting;
    this.waiting = [];
    try {
      if (group.length > 0) this.beforeCommit();
      for (const { requests, resolve } of group) resolve(requests.map((r) => this.appendOne(r)));
    } catch (failure) {
      for (const { reject } of group) reject(failure);
    }
  }

  private appendOne(request: AppendRequest): AppendResult {
    const log = this.log(request.document);
    const admission = admit(request, log, sha256);
    if (admission.type === 'refused') return { ...admission, head: log.head };
    if (admission.entries.length > 0) {
      this.logsByDocument.set(request.document, log);
      log.insert(admission);
    }
    const entries: readonly LogEntry[] = admission.entries.map(({ entry }) => entry);
    return { type: 'appended', entries, head: log.head };
  }

  /** The document's log; one that was never written is empty and is not kept. */
  private log(document: DocumentId): MemoryLog {
    const log = this.logsByDocument.get(document);
    return log ?? new MemoryLog(emptyHead(sha256, this.identity, document));
  }

  private assertOpen(): void {
    if (!this.isClosed) return;
    throw new LogFailure('closed', 'the log was closed: open it again', { retry: false });
  }
}

interface Checkpoint {
  readonly position: number;
  readonly bytes: Uint8Array;
}
