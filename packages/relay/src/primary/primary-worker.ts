// The thread in which the application's code runs at the relay: one primary machine per document,
// each following its log over the same protocol as every client.
import { randomBytes } from 'node:crypto';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import {
  type App,
  assert,
  type DocumentId,
  type LogEntry,
  openPrimary,
  type PrimaryEffect,
  type PrimaryInput,
  type PrimaryState,
  parseReplicaId,
  parseWriterId,
  type SealedChange,
  stepPrimary,
  type WriterRecord,
} from '@causeway/core';
import {
  type DownMessage,
  decodeDown,
  defaultLimits,
  encodeFrames,
  isPeerFault,
  protocolVersion,
  type UpMessage,
} from '@causeway/protocol';
import { sha256 } from '../log/sha256.ts';
import { loadApp } from './load-app.ts';
import type { FromPrimary, ToPrimary } from './primary-messages.ts';

const probeEveryMs = 15_000;

/** Owns one document's machine and its timer. */
class DocumentPrimary {
  private readonly state: PrimaryState;
  private readonly send: (message: UpMessage) => void;
  private readonly pushed = new Map<number, SealedChange>();
  private timer: NodeJS.Timeout | undefined;

  constructor(state: PrimaryState, send: (message: UpMessage) => void) {
    this.state = state;
    this.send = send;
  }

  take(message: Extract<DownMessage, { type: 'entries' | 'push-refused' }>): void {
    if (message.type === 'push-refused') {
      this.tell({ type: 'appendRefused', code: message.code });
      return;
    }
    const entries = message.items.flatMap((item, index): readonly LogEntry[] => {
      const position = message.from + index;
      if (item.type === 'change') return [{ ...item, position }];
      const sealed = this.pushed.get(item.seq);
      this.pushed.delete(item.seq);
      assert(sealed !== undefined, 'unknown-own', `own change ${item.seq} was never pushed`);
      return [{ position, author: this.state.author, seq: item.seq, sealed }];
    });
    this.tell({ type: 'entriesCommitted', entries });
  }

  private tell(input: PrimaryInput): void {
    const moment = { monotonicMs: performance.now(), wallMs: Date.now(), random: Math.random() };
    for (const effect of stepPrimary(this.state, input, moment)) this.perform(effect);
  }

  private perform(effect: PrimaryEffect): void {
    if (effect.type === 'wakeAt') {
      clearTimeout(this.timer);
      const waitMs = Math.max(0, Math.ceil(effect.monotonicMs - performance.now()));
      this.timer = setTimeout(() => this.tell({ type: 'clockAdvanced' }), waitMs);
      return;
    }
    for (const [index, change] of effect.changes.entries()) {
      this.pushed.set(effect.firstSeq + index, change);
    }
    const { id, author } = this.state;
    this.send({ ...effect, type: 'push', document: id, author });
  }
}

/** Owns the port and the primaries of all documents that were announced. */
class PrimaryThread {
  private readonly app: App;
  private readonly port: MessagePort;
  private readonly replica = toReplica(randomBytes(16));
  private readonly primaries = new Map<DocumentId, DocumentPrimary>();
  private readonly announced = new Set<DocumentId>();
  private isWelcome = false;

  constructor(app: App, port: MessagePort) {
    this.app = app;
    this.port = port;
    port.on('message', (message: ToPrimary) => this.receive(message));
    const { name, version } = app;
    const { replica } = this;
    const protocol = protocolVersion;
    this.send({ type: 'hello', protocol, app: name, appVersion: version, replica, token: '' });
    setInterval(() => this.send({ type: 'probe', nonce: 0 }), probeEveryMs);
  }

  private receive(message: ToPrimary): void {
    if (message.type === 'announce') {
      if (this.announced.has(message.document)) return;
      this.announced.add(message.document);
      if (this.isWelcome) this.follow(message.document);
      return;
    }
    const decoded = decodeDown(message.frame, defaultLimits);
    assert(!isPeerFault(decoded), 'bad-frame', 'the relay sent its own primary a malformed frame');
    for (const one of decoded) this.take(one);
  }

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
        this.primaries.set(message.document, this.start(message.document, message.head.epoch));
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

  private start(id: DocumentId, epoch: number): DocumentPrimary {
    const { definition } = this.app;
    const author = newAuthor(this.replica);
    const document = definition.document.open({ clientId: author.clientId });
    const setup = { definition, id, document, author, hash: sha256, epoch };
    return new DocumentPrimary(openPrimary(setup), (message) => this.send(message));
  }

  private send(message: UpMessage): void {
    for (const frame of encodeFrames([message], defaultLimits.frameBytesMax)) {
      post(this.port, { type: 'frame', frame });
    }
  }
}

function post(port: MessagePort, message: FromPrimary): void {
  port.postMessage(message);
}

function toReplica(bytes: Buffer): WriterRecord['replica'] {
  const id = parseReplicaId(bytes.toString('hex'));
  assert(id !== undefined, 'replica-id', '16 bytes in hex are a replica id');
  return id;
}

/** A fresh writer per document and start: nothing ever continues an old chain. */
function newAuthor(replica: WriterRecord['replica']): WriterRecord {
  const writer = parseWriterId(randomBytes(16).toString('hex'));
  assert(writer !== undefined, 'writer-id', '16 bytes in hex are a writer id');
  const clientId = randomBytes(6).readUIntBE(0, 6) + 1;
  return { writer, replica, clientId };
}

const port = parentPort;
assert(port !== null, 'no-parent', 'this module is the start of a worker thread');
const loaded = await loadApp(String(workerData));
if (loaded.type === 'loaded') {
  post(port, { type: 'ready' });
  new PrimaryThread(loaded.app, port);
} else {
  post(port, loaded);
}
