// A hall that is sold too often, and who may decide what is done about it: the application, and beside it
// what the owner of a relay knows of people.
import { defineApp, delay, risk, safe } from '@causeway/core';
import { definePrimary } from '@causeway/relay/primary';
import { counter, yjs } from '@causeway/yjs';
import * as v from 'valibot';

const args = v.object({ pieces: v.number() });
const whole = (): readonly string[] => ['hall'];

export const app = defineApp({
  name: 'hall',
  version: 1,
  document: yjs((doc) => ({ sold: counter(doc, 'sold') })),
})
  .operations({
    sell: { args, subjects: whole, run: (doc, a) => doc.sold.add('hall', a.pieces) },
    /** Asks for roles where none are told: what runs at the primary is judged by the log. */
    reserve: {
      args,
      subjects: whole,
      requires: (_doc, _args, op) => op.user.roles.includes('agent') || 'for agents',
      run: (doc, a) => doc.sold.add('hall', a.pieces),
    },
    refund: { args, subjects: whole, run: (doc, a) => doc.sold.add('hall', -a.pieces) },
  })
  .invariants({
    seated: {
      holds: (doc, key) => doc.sold.get(key) <= 10,
      deficit: (doc, key) => Math.max(0, doc.sold.get(key) - 10),
    },
  })
  .compensations({
    seated: {
      on: 'commit',
      restore: (_, found) => ({
        question: `${found.deficit} too many`,
        resolvers: ['agent'],
        choices: [{ label: 'all back', run: ['refund', { pieces: found.deficit }] }],
      }),
    },
  })
  .policy({
    sell: { seated: risk({ connected: 'local' }) },
    reserve: { seated: delay() },
    refund: { seated: safe() },
  });

const rolesByUser: Readonly<Record<string, readonly string[]>> = {
  dora: ['agent'],
  carl: ['cook'],
};

export const primary = definePrimary(app, {
  rolesOf(user) {
    if (user === 'ghost') throw new Error('the register is closed');
    return rolesByUser[user] ?? [];
  },
});
