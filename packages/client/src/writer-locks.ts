// Which writers of this profile are alive? Each holds a Web Lock for its life; the browser gives it
// back when a page dies, however it dies.
import type { WriterId } from '@causeway/core';
import { parseWriterId } from '@causeway/core';
import type { ClientPlatform } from './platform.ts';

type Locks = ClientPlatform['locks'];

function lockName(database: string, writer: string): string {
  return `${database}/writer/${writer}`;
}

/** Holds the writer's lock until the returned function is called, or the page is gone. */
export function holdWriterLock(locks: Locks, database: string, writer: WriterId): () => void {
  if (!locks) return () => undefined;
  const { promise, resolve } = Promise.withResolvers<void>();
  void locks.request(lockName(database, writer), () => promise);
  return resolve;
}

/** The other writers that hold their lock now. Where there are no locks: none is known. */
export async function othersAlive(
  locks: Locks,
  database: string,
  self: WriterId,
): Promise<ReadonlySet<WriterId>> {
  const alive = new Set<WriterId>();
  if (!locks) return alive;
  const { held = [] } = await locks.query();
  const prefix = lockName(database, '');
  for (const { name = '' } of held) {
    const writer = name.startsWith(prefix) ? parseWriterId(name.slice(prefix.length)) : undefined;
    if (writer && writer !== self) alive.add(writer);
  }
  return alive;
}

/** Resolves when that writer is dead, however it died: its lock is free then. */
export async function writerIsGone(
  locks: Locks,
  database: string,
  writer: WriterId,
): Promise<void> {
  await locks?.request(lockName(database, writer), async () => undefined);
}
