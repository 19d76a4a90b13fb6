// What a client shows of a document, in a form that can be held against the log and against others.
import { createHash } from 'node:crypto';
import type { Handle } from '@causeway/client';
import { isClosed } from '@causeway/core';
import type { app } from '@causeway/demo/bank';
import type { SettledReplica } from './judge-run.ts';

export type BankHandle = Handle<typeof app>;

export const accounts: readonly [string, string, string] = ['ann', 'ben', 'cleo'];

export function showReplica(client: string, handle: BankHandle): SettledReplica {
  const { view } = handle;
  return {
    client,
    pending: handle.pending.current.length,
    balance: Object.fromEntries(accounts.map((name) => [name, view.balance.get(name)])),
    owed: Object.fromEntries(accounts.map((name) => [name, view.owed.get(name)])),
    vector: Object.fromEntries(handle.vector()),
    content: contentOf(handle),
  };
}

/** Why a handle has not settled yet; undefined once it is connected, committed and audited. */
export function unsettledReason(client: string, handle: BankHandle): string | undefined {
  const { mode, synced, audit, why, link, pending } = handle.status.current;
  const open = handle.cases.current.filter(
    ({ state }) => !isClosed(state) && state !== 'escalated',
  );
  const isQuiet = mode === 'connected' && synced && audit === 'current';
  if (isQuiet && open.length === 0) return undefined;
  return `${client}: ${open.length} cases, ${JSON.stringify({ document: handle.id, link, mode, why, synced, audit, pending })}`;
}

/** All entries that the document holds, in one hash. */
function contentOf({ doc }: BankHandle): string {
  const roots = ['balance', 'owed'].map((root) => Object.entries(doc.getMap(root).toJSON()).sort());
  return createHash('sha256').update(JSON.stringify(roots)).digest('hex');
}
