// A WebSocket that runs through a cable which a person can pull. Without a wire an open socket breaks and
// a new one hangs, as packets without a wire do; when the wire is back, what hung goes through.

/** What a socket needs to know of its cable. */
export interface Wire {
  readonly isPlugged: boolean;
  readonly sockets: Set<CableSocket>;
}

type Handler<E extends Event> = ((this: WebSocket, event: E) => unknown) | null;

export class CableSocket extends EventTarget implements WebSocket {
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
  private readonly cable: Wire;
  private readonly protocols: string | string[] | undefined;

  constructor(cable: Wire, url: string | URL, protocols?: string | string[]) {
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
