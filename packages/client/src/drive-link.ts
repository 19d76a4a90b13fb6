// The one link of a client: runs core's link machine over a WebSocket and carries the messages of
// all open documents, gathered per turn.
import type {
  LinkBounds,
  LinkEffect,
  LinkInput,
  LinkMetrics,
  LinkReport,
  LinkState,
} from '@causeway/core';
import {
  boundMs,
  linkMetrics,
  noticeLinkStep,
  openLink,
  stepLink,
  watchLink,
} from '@causeway/core';
import type { DownMessage, Hello, Limits, UpMessage } from '@causeway/protocol';
import { decodeDown, defaultLimits, encodeFrames, isPeerFault } from '@causeway/protocol';
import type { ClientPlatform } from './platform.ts';
import type { LinkState as LinkWord } from './types.ts';

/** What documents hear. */
export interface Welcomed {
  readonly hasPrimary: boolean;
  readonly changeBytesMax: number;
}
export interface LinkListener {
  opened(o: Welcomed): void;
  reported(event: LinkReport): void;
  received(message: DownMessage): void;
  changed(): void;
}

const words: Readonly<Record<LinkState['phase'], LinkWord>> = {
  open: 'connected',
  connecting: 'connecting',
  greeting: 'connecting',
  refused: 'refused',
  closed: 'disconnected',
  offline: 'closed',
};

/** Owns a socket and a timer. */
export class LinkDriver {
  private readonly state: LinkState;
  private readonly watch = watchLink();
  private readonly listener: LinkListener;
  private readonly url: string;
  private readonly hello: Hello;
  private readonly Socket: typeof WebSocket;
  private readonly platform: ClientPlatform;
  private socket: WebSocket | undefined;
  private cancelWake: () => void = () => undefined;
  private outgoing: UpMessage[] = [];
  private limits: Limits = defaultLimits;
  private welcomed: Welcomed | undefined;

  constructor(o: {
    readonly url: string;
    readonly hello: Hello;
    readonly bounds: LinkBounds;
    readonly Socket: typeof WebSocket;
    readonly listener: LinkListener;
    readonly platform: ClientPlatform;
  }) {
    this.url = o.url;
    this.hello = o.hello;
    this.Socket = o.Socket;
    this.listener = o.listener;
    this.platform = o.platform;
    this.state = openLink(o.bounds, o.platform.moment());
  }

  get word(): LinkWord {
    return words[this.state.phase];
  }
  /** Closed for longer than the bound. */
  get isCut(): boolean {
    return this.state.phase !== 'open' && this.state.hasReportedClosed;
  }
  get boundMs(): number {
    return boundMs(this.state);
  }
  metrics(): LinkMetrics {
    return linkMetrics(this.watch, this.state, this.platform.moment());
  }
  get isOpen(): boolean {
    return this.state.phase === 'open';
  }

  tell(input: LinkInput): void {
    this.take(input);
    this.listener.changed();
  }

  /** Sends within this turn, if the link is open; otherwise the machines will send again. */
  send(message: UpMessage): void {
    if (this.outgoing.length === 0) this.platform.afterTurn(() => this.flush());
    this.outgoing.push(message);
  }

  /** A document was opened while the link is up: it hears what the others heard at the welcome. */
  reopen(document: { tell(input: { type: 'linkOpened' } & Welcomed): void }): void {
    if (this.welcomed) document.tell({ type: 'linkOpened', ...this.welcomed });
    this.tell({ type: 'hinted' });
  }

  /** Something waits for the relay's answer: probes follow the bound, not the idle interval. */
  noteWork(isOutstanding: boolean): void {
    if (this.state.isWorkOutstanding === isOutstanding) return;
    this.take({ type: 'workChanged', isOutstanding });
  }

  /** Drops the socket because the relay broke its own promises; reconnects after a pause. */
  drop(): void {
    this.closeSocket(4001);
    this.tell({ type: 'socketClosed', code: 4001 });
  }

  stop(): void {
    this.tell({ type: 'wentOffline' });
    this.cancelWake();
  }

  private take(input: LinkInput): void {
    const moment = this.platform.moment();
    const effects = stepLink(this.state, input, moment);
    noticeLinkStep(this.watch, input, { effects, state: this.state, moment });
    this.platform.observe?.({ machine: 'link', input, effects, state: this.state });
    for (const effect of effects) this.perform(effect);
  }

  private perform(effect: LinkEffect): void {
    switch (effect.type) {
      case 'openSocket':
        return this.openSocket();
      case 'closeSocket':
        return this.closeSocket(effect.code);
      case 'greet':
        return this.send(this.hello);
      case 'probe':
        return this.send({ type: 'probe', nonce: effect.nonce });
      case 'report':
        return this.listener.reported(effect.event);
      case 'wakeAt':
        return this.wakeAt(effect.monotonicMs);
    }
  }

  private wakeAt(monotonicMs: number): void {
    this.cancelWake();
    const delayMs = Math.max(0, Math.ceil(monotonicMs - this.platform.moment().monotonicMs));
    this.cancelWake = this.platform.after(delayMs, () => this.tell({ type: 'clockAdvanced' }));
  }

  private openSocket(): void {
    const socket = new this.Socket(this.url);
    socket.binaryType = 'arraybuffer';
    this.socket = socket;
    this.outgoing = [];
    this.limits = defaultLimits; // This relay's own limits come with its welcome.
    const ifCurrent = (act: () => void) => (): void => {
      if (this.socket === socket) act();
    };
    socket.addEventListener(
      'open',
      ifCurrent(() => this.tell({ type: 'socketOpened' })),
    );
    socket.addEventListener('close', (event) => {
      if (this.socket !== socket) return;
      this.socket = undefined;
      this.tell({ type: 'socketClosed', code: event.code });
    });
    socket.addEventListener('message', (event) => {
      if (this.socket === socket) this.receive(event.data);
    });
  }

  private closeSocket(code: number): void {
    const socket = this.socket;
    this.socket = undefined;
    socket?.close(code);
  }

  private receive(data: unknown): void {
    const bytes = data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array(0);
    const decoded = decodeDown(bytes, this.limits);
    if (isPeerFault(decoded)) return this.drop();
    for (const message of decoded) this.takeMessage(message);
  }

  private takeMessage(message: DownMessage): void {
    if (message.type === 'echo') return this.tell({ type: 'echoed', nonce: message.nonce });
    if (message.type === 'welcome') {
      this.limits = message.limits;
      const { hasPrimary, limits } = message;
      this.welcomed = { hasPrimary, changeBytesMax: limits.changeBytesMax };
      this.tell({ type: 'welcomed' });
      return this.listener.opened(this.welcomed);
    }
    this.listener.received(message);
  }

  private flush(): void {
    const messages = this.outgoing;
    this.outgoing = [];
    const { socket } = this;
    if (!socket || socket.readyState !== this.Socket.OPEN) return;
    for (const frame of encodeFrames(messages, this.limits.frameBytesMax)) {
      socket.send(new Uint8Array(frame));
    }
  }
}
