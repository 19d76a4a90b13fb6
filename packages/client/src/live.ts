// What changes is a Live: an immutable current value, and a way to hear of the next.

/** Usable as it is as a Svelte store and as a `useSyncExternalStore` source. */
export interface Live<T> {
  readonly current: T;
  /** Calls back at once and at each change. Returns unsubscribe. */
  subscribe(listener: (value: T) => void): () => void;
  /** The first value that passes. Rejects with `signal.reason` only. */
  waitFor<U extends T>(test: (value: T) => value is U, o?: { signal?: AbortSignal }): Promise<U>;
  waitFor(test: (value: T) => boolean, o?: { signal?: AbortSignal }): Promise<T>;
}

/** A Live with its writer. */
export interface LiveCell<T> extends Live<T> {
  /** Publishes, unless the value is the same (by `isSame`, default `Object.is`). */
  set(value: T): void;
}

export function createLive<T>(first: T, isSame: (a: T, b: T) => boolean = Object.is): LiveCell<T> {
  const listeners = new Set<(value: T) => void>();
  let current = first;
  const subscribe = (listener: (value: T) => void): (() => void) => {
    listeners.add(listener);
    listener(current);
    return () => listeners.delete(listener);
  };
  return {
    get current() {
      return current;
    },
    subscribe,
    waitFor: (test: (value: T) => boolean, o: { signal?: AbortSignal } = {}) =>
      waitFor(subscribe, test, o.signal),
    set(value) {
      if (isSame(current, value)) return;
      current = value;
      for (const listener of [...listeners]) listener(value);
    },
  };
}

function waitFor<T>(
  subscribe: Live<T>['subscribe'],
  test: (value: T) => boolean,
  signal: AbortSignal | undefined,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let unsubscribe: (() => void) | undefined;
    let isDone = false;
    const finish = (act: () => void): void => {
      if (isDone) return;
      isDone = true;
      unsubscribe?.();
      signal?.removeEventListener('abort', onAbort);
      act();
    };
    const onAbort = (): void => finish(() => reject(signal?.reason));
    if (signal?.aborted) return onAbort();
    signal?.addEventListener('abort', onAbort);
    unsubscribe = subscribe((value) => {
      if (test(value)) finish(() => resolve(value));
    });
    if (isDone) unsubscribe();
  });
}

/** Compares plain data; for values that are small and rebuilt at each turn. Cost: O(size). */
export function isSameData(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length || Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  return keys.every((key) => key in right && isSameData(left[key], right[key]));
}
