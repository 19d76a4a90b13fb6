// The relay's own primary: a session on a link of frames inside the relay's process. Such a link does not
// break by itself, and what comes over it is well formed: anything else is a bug.
import { assert, type DocumentId } from '@causeway/core';
import {
  type DownMessage,
  decodeDown,
  encodeFrames,
  isPeerFault,
  type Limits,
  protocolVersion,
  type UpMessage,
} from '@causeway/protocol';
import { PrimarySession, type PrimarySessionOptions } from './primary-session.ts';

export interface PrimaryLinkOptions extends Omit<PrimarySessionOptions, 'send'> {
  readonly limits: Limits;
  readonly send: (frame: Uint8Array) => void;
}

/** Greets the relay, and has audited what is announced. */
export class PrimaryLink {
  private readonly o: PrimaryLinkOptions;
  private readonly session: PrimarySession;
  private readonly announced = new Set<DocumentId>();
  private isWelcome = false;

  constructor(o: PrimaryLinkOptions) {
    this.o = o;
    this.session = new PrimarySession({ ...o, send: (message) => this.send(message) });
    const { name, version } = o.primary.app;
    const { replica } = o;
    const protocol = protocolVersion;
    this.send({ type: 'hello', protocol, app: name, appVersion: version, replica, token: '' });
  }

  /** Has the document audited from now on. */
  announce(document: DocumentId): void {
    this.announced.add(document);
    if (this.isWelcome) this.session.announce(document);
  }

  receive(frame: Uint8Array): void {
    const decoded = decodeDown(frame, this.o.limits);
    assert(!isPeerFault(decoded), 'bad-frame', 'the relay sent its own primary a malformed frame');
    for (const one of decoded) this.take(one);
  }

  private take(message: DownMessage): void {
    switch (message.type) {
      case 'welcome':
        this.isWelcome = true;
        for (const document of this.announced) this.session.announce(document);
        return;
      case 'opened':
      case 'entries':
      case 'push-refused':
        this.session.take(message);
        return;
      case 'echo':
        return;
      case 'fault':
        throw new Error(`the relay closed its primary: ${message.code} ${message.message}`);
    }
  }

  private send(message: UpMessage): void {
    for (const frame of encodeFrames([message], this.o.limits.frameBytesMax)) this.o.send(frame);
  }
}
