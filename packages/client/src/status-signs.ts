// Plain words, a stable class name and a sign for everything a screen may have to say about the state of
// work. Never colour alone: the sign says the same to whoever sees none. Tables are total by type.
import type { CloseRisk, KeyStatus, Mode, ReplicaStatus } from '@causeway/core';
import type { LinkState, Status } from './types.ts';

/** `class` is for style sheets and stays the same over versions; `icon` is one character. */
export interface StatusSign {
  readonly words: string;
  readonly class: string;
  readonly icon: string;
}

/** Of operations and of keys. */
export const workSigns: Readonly<Record<KeyStatus, StatusSign>> = {
  unsaved: sign('unsaved', '○', 'not saved on this device yet'),
  tentative: sign('tentative', '◔', 'saved on this device, not sent yet'),
  delayed: sign('delayed', '⧖', 'noted on this device, will be done when the connection is back'),
  committed: sign('committed', '◑', 'stored at the relay, not checked yet'),
  confirmed: sign('confirmed', '✓', 'checked and final'),
  compensated: sign('compensated', '↺', 'broke a rule together with others, and was mended'),
  refused: sign('refused', '✗', 'refused, it does not count'),
  conflicted: sign('conflicted', '⚠', 'in conflict: to be mended, or to be resolved'),
};

export const modeSigns: Readonly<Record<Mode, StatusSign>> = {
  connected: sign('connected', '●', 'connected'),
  suspect: sign('suspect', '◍', 'checking the connection'),
  partitioned: sign('partitioned', '⊘', 'cut off, working on this device'),
  recovering: sign('recovering', '⟳', 'connected again, catching up'),
};

export const linkSigns: Readonly<Record<LinkState, StatusSign>> = {
  connecting: sign('link-connecting', '…', 'connecting'),
  connected: sign('link-connected', '●', 'the line is open'),
  disconnected: sign('link-disconnected', '○', 'no line, trying again'),
  refused: sign('link-refused', '✗', 'the relay refuses this client, trying again later'),
  closed: sign('link-closed', '□', 'switched off'),
};

export const storageSigns: Readonly<Record<ReplicaStatus['storage'], StatusSign>> = {
  journalled: sign('storage-journalled', '▣', 'kept on this device, also after a power loss'),
  strict: sign('storage-strict', '▣', 'kept on this device, also after a power loss'),
  relaxed: sign(
    'storage-relaxed',
    '▤',
    'kept on this device, a power loss may take the last moments',
  ),
  memory: sign('storage-memory', '▢', 'kept only while this page is open'),
  'storage-failed': sign('storage-failed', '⚠', 'this device cannot save'),
};

export const closeSigns: Readonly<Record<CloseRisk, StatusSign>> = {
  nothing: sign('close-safe', '✓', 'this page can be closed'),
  unsent: sign('close-unsent', '◔', 'this page can be closed, but not everything was sent yet'),
  unsaved: sign('close-unsaved', '⚠', 'do not close this page: work would be lost'),
};

function sign(name: string, icon: string, words: string): StatusSign {
  return { words, class: `causeway-${name}`, icon };
}

/** What the sentence looks at: every `Status` has it. */
export type WorkStatus = Pick<
  Status,
  'mode' | 'storage' | 'pending' | 'unsaved' | 'synced' | 'damaged' | 'refused'
>;

/**
 * Is my work saved, and which of it is pending? One sentence. With the list of pending operations
 * (`handle.pending.current`) it names them; the rest are edits.
 */
export function describeWork(
  status: WorkStatus,
  pending: readonly { readonly name: string }[] = [],
): string {
  const what = whatIsPending(status.pending, pending);
  return `${savedClause(status, what)}${troubleClause(status)}.`;
}

function savedClause(status: WorkStatus, what: string): string {
  const { pending, storage, synced, unsaved } = status;
  if (storage === 'storage-failed' && unsaved + pending > 0) {
    return `Not saved: this device cannot write, so keep this page open (${what || 'stored elsewhere already'})`;
  }
  if (unsaved > 0 && pending > 0) return `Not everything is saved on this device yet (${what})`;
  const place = storage === 'memory' ? 'Kept only while this page is open' : 'Saved on this device';
  if (pending > 0) return `${place}, but not stored at the relay yet: ${what}${waitClause(status)}`;
  if (synced) return 'Everything is saved and stored at the relay';
  return 'Everything that was finished is stored at the relay, and something is still under way';
}

function waitClause({ mode, refused }: WorkStatus): string {
  if (refused !== undefined) return '';
  const isCut = mode === 'partitioned' || mode === 'suspect';
  return isCut ? ', sent when the connection is back' : ', being sent';
}

function troubleClause({ damaged, refused }: WorkStatus): string {
  const refusal = refused === undefined ? '' : `; the relay does not take all of it (${refused})`;
  const damage = damaged.length === 0 ? '' : '; something on this device could not be read back';
  return refusal + damage;
}

/** “2 × withdraw, deposit, 1 edit”. */
function whatIsPending(count: number, operations: readonly { readonly name: string }[]): string {
  const counts = new Map<string, number>();
  for (const { name } of operations) counts.set(name, (counts.get(name) ?? 0) + 1);
  const named = [...counts].map(([name, times]) => (times > 1 ? `${times} × ${name}` : name));
  const others = count - operations.length;
  if (named.length === 0) return count > 0 ? plural(count, 'change') : '';
  return [...named, ...(others > 0 ? [plural(others, 'edit')] : [])].join(', ');
}

function plural(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? '' : 's'}`;
}
