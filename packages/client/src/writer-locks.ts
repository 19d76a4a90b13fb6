// Which writers of this profile are alive? Each holds a Web Lock for its life; the browser gives it
// back when a page dies, however it dies.
import type { WriterId } from '@causeway/core';
import { parseWriterId } from '@causeway/core';

function lockName(database: string, writer: string): string {
  return `${database}/writer/${writer}`;
}

/** Holds the writer's lock until the returned function is called, or the page is gone. */
export function holdWriterLock(database: string, writer: WriterId): () => void {
  if (typeof navigator === 'undefined' || !navigator.locks) return () => undefined;
  const { promise, resolve } = Promise.withResolvers<void>();
  void navigator.locks.request(lockName(database, writer), () => promise);
  return resolve;
}

/** The writers that hold their lock now. Where there are no locks: none but the caller is known. */
export async function liveWriters(database: string): Promise<ReadonlySet<WriterId>> {
  const alive = new Set<WriterId>();
  if (typeof navigator === 'undefined' || !navigator.locks) return alive;
  const { held = [] } = await navigator.locks.query();
  const prefix = lockName(database, '');
  for (const { name = '' } of held) {
    const writer = name.startsWith(prefix) ? parseWriterId(name.slice(prefix.length)) : undefined;
    if (writer) alive.add(writer);
  }
  return alive;
}
