// An application whose audit misbehaves for some keys, at the primary only: what a mistake of an
// author may do to a relay.
import { defineApp, safe } from '@causeway/core';
import { counter, yjs } from '@causeway/yjs';
import * as v from 'valibot';

const isPrimary = process.title === 'causeway-primary';

function misbehave(key: string): void {
  if (!isPrimary) return;
  if (key === 'throw') throw new Error('the author made a mistake');
  if (key === 'exit') process.exit(3);
  const eaten: object[] = [];
  while (key === 'loop' || key === 'eat') if (key === 'eat') eaten.push({ at: eaten.length });
}

export const app = defineApp({
  name: 'hostile',
  version: 1,
  document: yjs((doc) => ({ sums: counter(doc, 'sums') })),
})
  .operations({
    add: {
      args: v.object({ key: v.string() }),
      subjects: ({ key }) => [key],
      run: (doc, { key }) => doc.sums.add(key, 1),
    },
  })
  .invariants({
    sane: {
      holds: (_doc, key) => {
        misbehave(key);
        return true;
      },
    },
  })
  .policy({ add: { sane: safe() } });
