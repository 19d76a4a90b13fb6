// Accounts with an address each, and notes that refer to them by id. Two accounts under one address are
// one person, unless they were born on different days: then a person must decide.
import type { Json, View } from '@causeway/core';
import {
  defineApp,
  membersOf,
  mergeDuplicates,
  references,
  resolveAlias,
  risk,
  safe,
  unique,
} from '@causeway/core';
import type { SimulatedDevice } from '@causeway/testkit';
import { addWinsSet, claims, yjs } from '@causeway/yjs';
import * as v from 'valibot';
import { accountsModel } from './accounts-model.ts';
import type { Setting } from './stage.ts';

/** What is known of a person. */
export interface Account {
  readonly email: string;
  readonly names: readonly string[];
  readonly born: string;
}
export interface Note {
  readonly user: string;
  readonly text: string;
}

const app = defineApp({
  name: 'scenario-accounts',
  version: 1,
  document: yjs((doc) => ({
    users: addWinsSet<Account>(doc, 'users'),
    /** Ids of users by address. */
    emails: claims<string>(doc, 'emails'),
    aliases: addWinsSet<string>(doc, 'aliases'),
    notes: addWinsSet<Note>(doc, 'notes'),
  })),
})
  .operations({
    signUp: {
      args: v.object({ id: v.string(), email: v.string(), name: v.string(), born: v.string() }),
      subjects: (a) => [a.email],
      requires: (doc, a) =>
        !doc.emails.holders(a.email).some(({ value }) => doc.users.get(value)?.email === a.email) ||
        'taken',
      /** Somebody works under it already: it is merged, and not taken away. */
      whenStale: 'keep',
      run(doc, a) {
        doc.users.put(a.id, { email: a.email, names: [a.name], born: a.born });
        doc.emails.claim([a.email], a.id);
      },
    },
    moveTo: {
      args: v.object({ id: v.string(), from: v.string(), to: v.string() }),
      subjects: (a) => [a.from, a.to],
      run(doc, a) {
        const user = doc.users.get(a.id);
        if (!user) return;
        doc.users.put(a.id, { ...user, email: a.to });
        doc.emails.claim([a.to], a.id);
      },
    },
    write: {
      args: v.object({ id: v.string(), user: v.string(), text: v.string() }),
      subjects: (a) => [a.user],
      run: (doc, a) => doc.notes.put(a.id, { user: a.user, text: a.text }),
    },
  })
  .invariants({
    uniqueEmail: {
      ...unique(
        (doc) => doc.users,
        (user) => user.email,
        { index: (doc) => doc.emails },
      ),
      keys: (op) => (op.name === 'write' ? [] : op.subjects),
    },
    knownUser: {
      ...references(
        (doc, id) => membersOf(doc, id, { of: ({ notes }) => notes, by: ({ user }) => user }),
        (doc, id) => doc.users.has(resolveAlias(doc.aliases, id)),
      ),
      keys: (op) => (op.name === 'write' ? op.subjects : []),
    },
  })
  .compensations({
    uniqueEmail: {
      settleMs: 1_000,
      restore: mergeDuplicates({
        of: (doc) => doc.users,
        by: (user) => user.email,
        index: (doc) => doc.emails,
        merge: (a, b) =>
          a.born === b.born ? { ...a, names: [...a.names, ...b.names] } : undefined,
        aliases: (doc) => doc.aliases,
        ask: ({ key }, members) => ({
          question: `Who has the address ${key}? Everybody else gets another one.`,
          choices: members.map(({ id, value }) => ({
            label: `${value.names.join(' ')}, born ${value.born}, moves`,
            run: ['moveTo', { id, from: key, to: `${id}@elsewhere` }],
          })),
        }),
      }),
    },
  })
  .policy({
    signUp: { uniqueEmail: risk(), knownUser: safe() },
    moveTo: { uniqueEmail: risk(), knownUser: safe() },
    write: { uniqueEmail: safe(), knownUser: safe() },
  });
export type AccountsApp = typeof app;

interface Shown {
  readonly users: ReturnType<typeof addWinsSet<Account>>;
  readonly aliases: ReturnType<typeof addWinsSet<string>>;
  readonly notes: ReturnType<typeof addWinsSet<Note>>;
}

function project({ users, aliases, notes }: View<Shown>): Json {
  const listed = <T>(set: { keys(): Iterable<string>; get(id: string): T | undefined }) =>
    [...set.keys()].sort().map((id) => [id, set.get(id)]);
  return { users: listed(users), aliases: listed(aliases), notes: listed(notes) } as Json;
}

export const accounts: Setting<AccountsApp> = {
  app,
  judge: { model: accountsModel, projection: (view) => project(view as View<Shown>) },
};

/** The account that an id stands for on this device. */
export function accountAt(
  { handle }: SimulatedDevice<AccountsApp>,
  id: string,
): { readonly id: string; readonly account: Account | undefined } {
  const { users, aliases } = handle.view;
  const current = resolveAlias(aliases, id);
  return { id: current, account: users.get(current) };
}

/** Ids of all accounts on this device. */
export function idsAt({ handle }: SimulatedDevice<AccountsApp>): readonly string[] {
  return [...handle.view.users.keys()].sort();
}
