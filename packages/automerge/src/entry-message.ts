// Entries travel in the message of the Automerge change that an operation makes: in a map
// each of them would copy all others into the next snapshot, and anybody could overwrite them there.
import type { WrittenEntry } from '@causeway/core';
import { canonicalJson } from '@causeway/core';

/** What a message of the engine begins with; messages of editors must not. */
export const messagePrefix = 'causeway:';

/** The message that holds `entries`, or undefined when there are none. */
export function toMessage(entries: readonly WrittenEntry[]): string | undefined {
  if (entries.length === 0) return undefined;
  return messagePrefix + canonicalJson(entries.map(({ root, entry, text }) => [root, entry, text]));
}

/** The entries in a message; none when it is anything else. */
export function parseMessage(message: string | null): readonly WrittenEntry[] {
  if (!message?.startsWith(messagePrefix)) return [];
  const list = parseJson(message.slice(messagePrefix.length));
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: unknown) => {
    if (!Array.isArray(item) || item.length !== 3) return [];
    const [root, entry, text]: readonly unknown[] = item;
    return typeof root === 'string' && typeof entry === 'string' ? [{ root, entry, text }] : [];
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
