// What one tab hears of the others.
import type { ReplicaStore } from '@causeway/client';
import type { DocumentId } from '@causeway/core';

/** Collects what a tab hears; `until(n)` resolves once it heard that much. */
export function listenTo(tab: ReplicaStore) {
  const heard: DocumentId[] = [];
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  const stop = tab.onSibling((id) => {
    heard.push(id);
    for (const { count, resolve } of waiting) if (heard.length >= count) resolve();
  });
  const until = (count: number): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    waiting.push({ count, resolve });
    if (heard.length >= count) resolve();
    return promise;
  };
  return { heard, stop, until };
}
