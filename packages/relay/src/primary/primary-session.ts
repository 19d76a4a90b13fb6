// The primaries of all documents, on one link to the relay: each follows its log over the same
// protocol as every client. Where it runs (a thread, a simulated process) is its owner's business.
import {
  type App,
  assert,
  bytesToHex,
  type DocumentId,
  openPrimary,
  type Platform,
  parseWriterId,
  type WriterRecord,
} from '@causeway/core';
import {
  type DownMessage,
  decodeDown,
  encodeFrames,
  isPeerFault,
  type Limits,
  protocolVersion,
  type UpMessage,
} from '@causeway/protocol';
import { sha256 } from '../log/sha256.ts';
import { DocumentPrimary } from './document-primary.ts';

export interface PrimarySessionOptions {
  readonly app: App;
  readonly replica: WriterRecord['replica'];
  readonly limits: Limits;
  readonly platform: Platform;
  readonly send: (frame: Uint8Array) => void;
  /** Runs work that may run the application's code for this document. */
  readonly guard: (document: DocumentId, work: () => void) => void;
}

/** Owns the primaries of all documents that were announced. */
export class PrimarySession {
  private readonly o: PrimarySessionOptions;
  private readonly primaries = new Map<DocumentId, DocumentPrimary>();
  private readonly announced = new Set<DocumentId>();
  private isWelcome = false;

  constructor(o: PrimarySessionOptions) {
    this.o = o;
    const { name, version } = o.app;
    const { replica } = o;
    const protocol = protocolVersion;
    this.send({ type: 'hello', protocol, app: name, appVersion: version, replica, token: '' });
  }

  /** Has the document audited from now on. */
  announce(document: DocumentId): void {
    if (this.announced.has(document)) return;
    this.announced.add(document);
    if (this.isWelcome) this.follow(document);
  }

  receive(frame: Uint8Array): void {
    const decoded = decodeDown(frame, this.o.limits);
    assert(!isPeerFault(decoded), 'bad-frame', 'the relay sent its own primary a malformed frame');
    for (const one of decoded) this.take(one);
  }

  /** From the beginning: the audit of a prefix is not kept between starts yet. */
  private follow(document: DocumentId): void {
    this.send({ type: 'open', document, known: undefined, vector: [] });
  }

  private take(message: DownMessage): void {
    switch (message.type) {
      case 'welcome':
        this.isWelcome = true;
        for (const document of this.announced) this.follow(document);
        return;
      case 'opened':
        this.start(message.document, message.head.epoch);
        return;
      case 'entries':
      case 'push-refused':
        this.primaries.get(message.document)?.take(message);
        return;
      case 'echo':
        return;
      case 'fault':
        throw new Error(`the relay closed its primary: ${message.code} ${message.message}`);
    }
  }

  private start(id: DocumentId, epoch: number): void {
    const { app, guard, platform, replica } = this.o;
    guard(id, () => {
      const { definition } = app;
      const author = newAuthor(replica, platform);
      const document = definition.document.open({ clientId: newClientId(platform) });
      const state = openPrimary({ definition, id, document, author, hash: sha256, epoch });
      const primary = new DocumentPrimary({
        state,
        platform,
        guard: (work) => guard(id, work),
        push: (push) => this.send(push),
      });
      this.primaries.set(id, primary);
    });
  }

  private send(message: UpMessage): void {
    for (const frame of encodeFrames([message], this.o.limits.frameBytesMax)) this.o.send(frame);
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
