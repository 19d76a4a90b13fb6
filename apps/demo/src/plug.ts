// The network cable of one machine. Pulling it takes the socket away under the client, which is told
// nothing more than a browser would tell it. What the page then shows, the client found out by itself.
import { CableSocket, type Wire } from './cable-socket.ts';

/** A cable, and the WebSocket class whose sockets run through it. */
export interface Plug {
  readonly isPlugged: boolean;
  readonly WebSocket: typeof WebSocket;
  pull(): void;
  insert(): void;
  /** Calls back at each change. Returns unsubscribe. */
  subscribe(listener: () => void): () => void;
}

/** A reload does not put a cable back: how it was is kept in `storage` under `place`. */
export function createPlug(o: { readonly place: string; readonly storage: Storage }): Plug {
  const cable = new Cable(o.storage.getItem(o.place) !== 'pulled');
  const set = (isPlugged: boolean): void => {
    if (isPlugged) o.storage.removeItem(o.place);
    else o.storage.setItem(o.place, 'pulled');
    cable.set(isPlugged);
  };
  return {
    get isPlugged() {
      return cable.isPlugged;
    },
    WebSocket: class extends CableSocket {
      constructor(url: string | URL, protocols?: string | string[]) {
        super(cable, url, protocols);
      }
    },
    pull: () => set(false),
    insert: () => set(true),
    subscribe: (listener) => cable.subscribe(listener),
  };
}

class Cable implements Wire {
  isPlugged: boolean;
  readonly sockets = new Set<CableSocket>();
  private readonly listeners = new Set<() => void>();

  constructor(isPlugged: boolean) {
    this.isPlugged = isPlugged;
  }

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
