// The network cable of one machine. Pulling it takes the socket away under the client, which is told
// nothing more than a browser would tell it; new sockets hang, as packets without a wire do. What the
// page then shows is what the client found out by itself.

/** A cable, and the WebSocket class whose sockets run through it. */
export interface Plug {
  readonly isPlugged: boolean;
  readonly WebSocket: typeof WebSocket;
  pull(): void;
  insert(): void;
  /** Calls back at each change. Returns unsubscribe. */
  subscribe(listener: () => void): () => void;
}

export function createPlug(): Plug {
  const cable = new Cable();
  return {
    get isPlugged() {
      return cable.isPlugged;
    },
    WebSocket: class extends CableSocket {
      constructor(url: string | URL, protocols?: string | string[]) {
        super(cable, url, protocols);
      }
    },
    pull: () => cable.set(false),
    insert: () => cable.set(true),
    subscribe: (listener) => cable.subscribe(listener),
  };
}

class Cable {
  isPlugged = true;
  readonly sockets = new Set<CableSocket>();
  private readonly listeners = new Set<() => void>();

  set(isPlugged: boolean): void {
    if (this.isPlugged === isPlugged) return;
    this.isPlugged = isPlugged;
    for (const socket of [...this.sockets]) {
      if (isPlugged) socket.dial();
      else socket.lose();
    }
    for (const listener of this.listeners) listener();
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

type Handler<E extends Event> = ((this: WebSocket, event: E) => unknown) | null;

/** A WebSocket that dials a real one when there is a wire. */
class CableSocket extends EventTarget implements WebSocket {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSING = 2;
  static readonly CLOSED = 3;
  readonly CONNECTING = 0;
  readonly OPEN = 1;
  readonly CLOSING = 2;
  readonly CLOSED = 3;
  readonly url: string;
  onopen: Handler<Event> = null;
  onmessage: Handler<MessageEvent> = null;
  onerror: Handler<Event> = null;
  onclose: Handler<CloseEvent> = null;
  private binary: BinaryType = 'blob';
  private real: WebSocket | undefined;
  private isOver = false;
  private readonly cable: Cable;
  private readonly protocols: string | string[] | undefined;

  constructor(cable: Cable, url: string | URL, protocols?: string | string[]) {
    super();
    this.cable = cable;
    this.url = String(url);
    this.protocols = protocols;
    cable.sockets.add(this);
    this.dial();
  }

  get binaryType(): BinaryType {
    return this.binary;
  }
  set binaryType(binary: BinaryType) {
    this.binary = binary;
    if (this.real) this.real.binaryType = binary;
  }
  get readyState(): 0 | 1 | 2 | 3 {
    if (this.isOver) return this.CLOSED;
    const state = this.real?.readyState ?? this.CONNECTING;
    return state === 1 || state === 2 || state === 3 ? state : 0;
  }
  get bufferedAmount(): number {
    return this.real?.bufferedAmount ?? 0;
  }
  get protocol(): string {
    return this.real?.protocol ?? '';
  }
  get extensions(): string {
    return this.real?.extensions ?? '';
  }

  /** There is a wire: what hung in the air goes through. */
  dial(): void {
    if (this.real || this.isOver || !this.cable.isPlugged) return;
    const real = new WebSocket(this.url, this.protocols);
    this.real = real;
    real.binaryType = this.binaryType;
    real.onopen = () => this.tell(new Event('open'), this.onopen);
    real.onmessage = ({ data }) => this.tell(new MessageEvent('message', { data }), this.onmessage);
    real.onerror = () => this.tell(new Event('error'), this.onerror);
    real.onclose = ({ code, reason, wasClean }) => this.end({ code, reason, wasClean });
  }

  /** The wire is gone: an open socket breaks, and one that is still dialling goes on waiting. */
  lose(): void {
    const { real } = this;
    if (!real) return;
    const wasOpen = real.readyState === this.OPEN;
    this.hangUp();
    if (wasOpen) this.end({ code: 1006, reason: '', wasClean: false });
  }

  send(data: string | BufferSource | Blob): void {
    if (this.readyState === this.CONNECTING) {
      throw new DOMException('still connecting', 'InvalidStateError');
    }
    this.real?.send(data);
  }

  close(code = 1000, reason = ''): void {
    this.hangUp();
    queueMicrotask(() => this.end({ code, reason, wasClean: true }));
  }

  private hangUp(): void {
    const { real } = this;
    this.real = undefined;
    if (!real) return;
    real.onopen = real.onmessage = real.onerror = real.onclose = null;
    real.close();
  }

  private end(how: CloseEventInit): void {
    if (this.isOver) return;
    this.isOver = true;
    this.cable.sockets.delete(this);
    this.tell(new CloseEvent('close', how), this.onclose);
  }

  private tell<E extends Event>(event: E, handler: Handler<E>): void {
    this.dispatchEvent(event);
    handler?.call(this, event);
  }
}
