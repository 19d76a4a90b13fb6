// A Live that is computed from others' facts: while nobody listens it costs nothing, and is read anew at
// each look. So a page may ask for the status of each of its keys.
import type { Live, LiveCell } from './live.ts';
import { createLive, isSameData } from './live.ts';

/** The derived values that somebody listens to, of one document or client. */
export interface DerivedLives {
  /** A value made of current facts. Equal values are published once. */
  derive<T>(read: () => T): Live<T>;
  /** Publishes what changed. Cost: that of the values which have listeners. */
  refresh(): void;
}

export function createDerivedLives(): DerivedLives {
  const heard = new Set<() => void>();
  return {
    derive: (read) => derive(read, heard),
    refresh() {
      for (const look of [...heard]) look();
    },
  };
}

function derive<T>(read: () => T, heard: Set<() => void>): Live<T> {
  let made: LiveCell<T> | undefined; // Only at the first look: what nobody asks for is never computed.
  const look = (): LiveCell<T> => {
    if (made) made.set(read());
    else made = createLive<T>(read(), isSameData);
    return made;
  };
  let listeners = 0;
  const listen = (): (() => void) => {
    heard.add(look);
    listeners += 1;
    let isListening = true;
    return () => {
      if (!isListening) return;
      isListening = false;
      listeners -= 1;
      if (listeners === 0) heard.delete(look);
    };
  };
  return {
    get current() {
      return (listeners > 0 && made ? made : look()).current;
    },
    subscribe(listener) {
      const stop = listen();
      const unsubscribe = look().subscribe(listener);
      return () => {
        unsubscribe();
        stop();
      };
    },
    waitFor(test: (value: T) => boolean, o: { signal?: AbortSignal } = {}) {
      const stop = listen();
      return look().waitFor(test, o).finally(stop);
    },
  };
}
