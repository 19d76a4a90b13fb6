// The thread in which the application's code runs at the relay: one primary machine per document,
// each following its log over the same protocol as every client.
import { randomBytes } from 'node:crypto';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import {
  type App,
  assert,
  type DocumentId,
  openPrimary,
  parseWriterId,
  type WriterRecord,
} from '@causeway/core';
import {
  type DownMessage,
  decodeDown,
  encodeFrames,
  isPeerFault,
  protocolVersion,
  type UpMessage,
} from '@causeway/protocol';
import { sha256 } from '../log/sha256.ts';
import { DocumentPrimary } from './document-primary.ts';
import { loadApp } from './load-app.ts';
import type { FromPrimary, PrimarySetup, ToPrimary } from './primary-messages.ts';
import { beat, enter, leave } from './pulse.ts';

const beatEveryMs = 500;

/** Owns the port and the primaries of all documents that were announced. */
class PrimaryThread {
  private readonly app: App;
  private readonly port: MessagePort;
  private readonly setup: PrimarySetup;
  private readonly primaries = new Map<DocumentId, DocumentPrimary>();
  private readonly numbers = new Map<DocumentId, number>();
  private isWelcome = false;

  constructor(app: App, port: MessagePort, setup: PrimarySetup) {
    this.app = app;
    this.port = port;
    this.setup = setup;
    port.on('message', (message: ToPrimary) => this.receive(message));
    const { name, version } = app;
    const { replica } = setup;
    const protocol = protocolVersion;
    this.send({ type: 'hello', protocol, app: name, appVersion: version, replica, token: '' });
    setInterval(() => beat(setup.pulse), beatEveryMs);
  }

  private receive(message: ToPrimary): void {
    if (message.type === 'announce') {
      const isNew = !this.numbers.has(message.document);
      this.numbers.set(message.document, message.number);
      if (isNew && this.isWelcome) this.follow(message.document);
      return;
    }
    const decoded = decodeDown(message.frame, this.setup.limits);
    assert(!isPeerFault(decoded), 'bad-frame', 'the relay sent its own primary a malformed frame');
    for (const one of decoded) this.take(one);
    post(this.port, { type: 'consumed', bytes: message.frame.length });
  }

  /** From the beginning: the audit of a prefix is not kept between starts yet. */
  private follow(document: DocumentId): void {
    this.send({ type: 'open', document, known: undefined, vector: [] });
  }

  private take(message: DownMessage): void {
    switch (message.type) {
      case 'welcome':
        this.isWelcome = true;
        for (const document of this.numbers.keys()) this.follow(document);
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
    this.guard(id, () => {
      const { definition } = this.app;
      const author = newAuthor(this.setup.replica);
      const document = definition.document.open({ clientId: author.clientId });
      const state = openPrimary({ definition, id, document, author, hash: sha256, epoch });
      const guard = (work: () => void): void => this.guard(id, work);
      const primary = new DocumentPrimary({ state, guard, push: (push) => this.send(push) });
      this.primaries.set(id, primary);
    });
  }

  /** The pulse says whose code runs. What it throws ends the thread: the host starts another. */
  private guard(id: DocumentId, work: () => void): void {
    enter(this.setup.pulse, this.numbers.get(id) ?? 0);
    work();
    leave(this.setup.pulse);
  }

  private send(message: UpMessage): void {
    for (const frame of encodeFrames([message], this.setup.limits.frameBytesMax)) {
      post(this.port, { type: 'frame', frame });
    }
  }
}

function post(port: MessagePort, message: FromPrimary): void {
  port.postMessage(message);
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
const setup: PrimarySetup = workerData;
const loaded = await loadApp(setup.url);
if (loaded.type === 'loaded') {
  post(port, { type: 'ready' });
  new PrimaryThread(loaded.app, port, setup);
} else {
  post(port, loaded);
}
