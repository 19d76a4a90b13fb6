// Many sources change in one turn; the page is drawn once after it.

export interface Changes<T> {
  /** Something changed: read again at the end of this turn. */
  note(): void;
  /** From now on `read` gives the value. */
  follow(read: () => T): Followed<T>;
}
export interface Followed<T> {
  readonly current: T;
  /** Calls back at once and after each turn with a change. Returns unsubscribe. */
  subscribe(listener: (value: T) => void): () => void;
}

export function createChanges<T>(): Changes<T> {
  const listeners = new Set<(value: T) => void>();
  let draw: (() => void) | undefined;
  let isNoted = false;
  return {
    note() {
      if (isNoted) return;
      isNoted = true;
      queueMicrotask(() => {
        isNoted = false;
        draw?.();
      });
    },
    follow(read) {
      let current = read();
      draw = () => {
        current = read();
        for (const listener of [...listeners]) listener(current);
      };
      return {
        get current() {
          return current;
        },
        subscribe(listener) {
          listeners.add(listener);
          listener(current);
          return () => listeners.delete(listener);
        },
      };
    },
  };
}
