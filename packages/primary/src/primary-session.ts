// The primaries of all documents, on one link to the relay that was greeted: each follows its log over
// the same protocol as every client. What carries the messages, and where it runs, is its owner's business.
import {
  type AppVersions,
  assert,
  bytesToHex,
  type Case,
  type DocumentId,
  decodeCheckpoint,
  type Hash,
  openPrimary,
  type Platform,
  type PrimarySetup,
  type PrimaryState,
  parseWriterId,
  resumePrimary,
  type WriterRecord,
} from '@causeway/core';
import type { DownMessage, Opened, UpMessage } from '@causeway/protocol';
import { CheckpointKeeper, type CheckpointPace, type CheckpointPort } from './checkpoint-keeper.ts';
import type { Primary } from './define-primary.ts';
import { DocumentPrimary } from './document-primary.ts';

/** What the relay says of a document. */
export type DocumentNews = Extract<DownMessage, { type: 'opened' | 'entries' | 'push-refused' }>;

export interface PrimarySessionOptions {
  readonly primary: Primary;
  /** Earlier versions of its application, for what was done with them. */
  readonly previous: AppVersions['previous'];
  readonly replica: WriterRecord['replica'];
  readonly platform: Platform;
  readonly hash: Hash;
  readonly send: (message: UpMessage) => void;
  /** Without one, each start reads the log from its beginning. */
  readonly checkpoints?: { readonly port: CheckpointPort; readonly pace: CheckpointPace };
  /** In place of the application's own `rolesOf`. */
  readonly rolesOf?: (user: string) => readonly string[];
  /** False: effects outside are left to somebody else. Default true. */
  readonly actsOutside?: boolean;
  /** Runs work that may run the application's code for this document. */
  readonly guard: (document: DocumentId, work: () => void) => void;
  /** Told where the application's `onEscalation` failed: the case is in the log all the same. */
  readonly onEscalationFailed: (document: DocumentId, error: unknown) => void;
  /** The relay takes no audit from here. Default: it is tried again, as after a full disk. */
  readonly onNotPermitted?: () => void;
}

/** Owns the primaries of all documents that were announced. */
export class PrimarySession {
  private readonly o: PrimarySessionOptions;
  private readonly primaries = new Map<DocumentId, DocumentPrimary>();
  /** Read from a checkpoint; the log has not said yet whether it is the same. */
  private readonly resumable = new Map<DocumentId, PrimaryState>();
  private readonly announced = new Set<DocumentId>();

  constructor(o: PrimarySessionOptions) {
    this.o = o;
  }

  /** Has the document audited from now on: from where a checkpoint ends, where there is one. */
  announce(document: DocumentId): void {
    if (this.announced.has(document)) return;
    this.announced.add(document);
    const { checkpoints } = this.o;
    if (checkpoints) checkpoints.port.load(document, (bytes) => this.ask(document, bytes));
    else this.ask(document, undefined);
  }

  /** Audits it no more. What was appended and not answered is in the log, or never will be. */
  leave(document: DocumentId): void {
    if (!this.announced.delete(document)) return;
    this.forget(document);
    this.o.send({ type: 'leave', document });
  }

  /** The link is gone: nothing more is said, and nothing that still arrives is heard. */
  close(): void {
    for (const document of this.announced) this.forget(document);
    this.announced.clear();
  }

  take(news: DocumentNews): void {
    if (news.type === 'opened') this.start(news);
    else this.primaries.get(news.document)?.take(news);
  }

  private forget(document: DocumentId): void {
    this.primaries.get(document)?.close();
    this.primaries.delete(document);
    this.resumable.delete(document);
  }

  private ask(id: DocumentId, bytes: Uint8Array | undefined): void {
    if (!this.announced.has(id)) return;
    this.o.guard(id, () => {
      const checkpoint = bytes && decodeCheckpoint(bytes);
      const { monotonicMs } = this.o.platform.moment();
      const setup = this.newSetup(id, checkpoint?.place.epoch ?? 0);
      const state = checkpoint && resumePrimary(setup, checkpoint, monotonicMs);
      if (state) this.resumable.set(id, state);
      const known = state && checkpoint?.place;
      this.o.send({ type: 'open', document: id, known, vector: [] });
    });
  }

  private start({ document: id, head, relation }: Opened): void {
    if (!this.announced.has(id) || this.primaries.has(id)) return;
    const resumable = this.resumable.get(id);
    this.resumable.delete(id);
    // Of any other log than the one that was read up to there, a checkpoint says nothing.
    const isSameLog = relation === 'resumed' && resumable?.epoch === head.epoch;
    if (resumable && relation === 'resumed' && !isSameLog) {
      this.o.send({ type: 'open', document: id, known: undefined, vector: [] });
      return;
    }
    this.o.guard(id, () => {
      const state = (isSameLog && resumable) || openPrimary(this.newSetup(id, head.epoch));
      const primary = this.newPrimary(state, head);
      this.primaries.set(id, primary);
      primary.start();
    });
  }

  private newPrimary(state: PrimaryState, head: Opened['head']): DocumentPrimary {
    const { id } = state;
    const { checkpoints, onNotPermitted, platform, primary: loaded, send } = this.o;
    const guard = (work: () => void): void => this.o.guard(id, work);
    const { log } = head;
    const keeper =
      checkpoints &&
      new CheckpointKeeper({
        ...{ state, log, pace: checkpoints.pace, platform, guard },
        save: (...kept) => checkpoints.port.save(...kept),
      });
    return new DocumentPrimary({
      ...{ state, platform, guard },
      headPosition: head.position,
      push: (push) => send(push),
      followed: (prefixHash) => keeper?.followed(prefixHash),
      handlers: loaded.effects,
      escalate: (found) => void this.escalate(id, found),
      ...(onNotPermitted && { onNotPermitted }),
    });
  }

  private newSetup(id: DocumentId, epoch: number): PrimarySetup {
    const { actsOutside = true, hash, platform, previous, primary, replica } = this.o;
    const { rolesOf = primary.rolesOf } = this.o;
    const { definition } = primary.app;
    const author = newAuthor(replica, platform);
    const document = definition.document.open({ clientId: newClientId(platform) });
    return { definition, previous, id, document, author, hash, epoch, rolesOf, actsOutside };
  }

  private async escalate(id: DocumentId, found: Case): Promise<void> {
    const { onEscalationFailed, primary } = this.o;
    try {
      await primary.onEscalation?.(found, id);
    } catch (error) {
      onEscalationFailed(id, error);
    }
  }
}

/** A fresh writer per document and start: nothing ever continues an old chain. */
function newAuthor(replica: WriterRecord['replica'], platform: Platform): WriterRecord {
  const writer = parseWriterId(bytesToHex(platform.randomBytes(16)));
  assert(writer !== undefined, 'writer-id', '16 bytes in hex are a writer id');
  return { writer, replica, clientId: newClientId(platform) };
}

/** 48 random bits, and never 0. */
function newClientId(platform: Platform): number {
  let clientId = 1;
  for (const [index, byte] of platform.randomBytes(6).entries())
    clientId += byte * 2 ** (8 * index);
  return clientId;
}
