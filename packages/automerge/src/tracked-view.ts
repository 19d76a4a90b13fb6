// The readers of an application's roots, always of the snapshot of now. Contended types note each
// key that is read; of the document itself, reaching a root counts as reading all of it.
import type { EntryLedger, View } from '@causeway/core';
import { Bug } from '@causeway/core';

/** What `rootsOf` returns for the current snapshot, behind a proxy that notes what is read. */
export function createView<T extends object, R extends object>(
  ledger: EntryLedger,
  current: () => T,
  rootsOf: (doc: T) => R,
): View<R> {
  let known: { readonly doc: T; readonly roots: R } | undefined;
  const roots = (): R => {
    const doc = current();
    if (known?.doc !== doc) known = { doc, roots: rootsOf(doc) };
    return known.roots;
  };
  return new Proxy({} as View<R>, {
    get(_target, name) {
      const value: unknown = Reflect.get(roots(), name);
      if (ledger.isReading && !ledger.roots.isWriter(value)) {
        for (const root of namesOf(current(), value)) ledger.noteRead(root, undefined);
      }
      return value;
    },
    has: (_target, name) => Reflect.has(roots(), name),
    ownKeys: () => Reflect.ownKeys(roots()),
    getOwnPropertyDescriptor: (_target, name) =>
      Reflect.has(roots(), name)
        ? { configurable: true, enumerable: true, value: Reflect.get(roots(), name) }
        : undefined,
    set(_target, name) {
      throw new Bug('write-in-read', `"${String(name)}" is written through a view`);
    },
  });
}

/** An object is known by its identity; what is none may come from anywhere. */
function namesOf(doc: object, value: unknown): readonly string[] {
  const roots = Object.entries(doc);
  const same = roots.filter(([, root]) => typeof root === 'object' && root === value);
  return (same.length > 0 ? same : roots).map(([name]) => name);
}
