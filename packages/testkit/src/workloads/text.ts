// A shared text, edited only: no operation, no rule, hence no model. What counts is that all agree.
import type { Json } from '@causeway/core';
import { defineApp } from '@causeway/core';
import { yjs } from '@causeway/yjs';
import { drawTextEdit } from './draw-edit.ts';
import { trustView } from './trust-view.ts';
import type { Workload } from './workload.ts';

interface Run {
  readonly insert: string;
  readonly attributes?: { readonly [name: string]: Json };
}
interface TextView {
  readonly text: { toDelta(): readonly Run[] };
}

/** Random insertions, deletions and formats in one `Y.Text`. */
export const text: Workload = {
  name: 'text',
  app: defineApp({
    name: 'sim-text',
    version: 1,
    document: yjs((doc) => ({ text: doc.getText('text') })),
  }),
  draw: (random) => drawTextEdit(random, 'text'),
  projection: (view) => ({ text: joinRuns(trustView<TextView>(view).text.toDelta()) }),
};

/** Yjs splits a text where a format began and ended again: the same text is the same here. */
function joinRuns(runs: readonly Run[]): Json {
  const joined: { insert: string; attributes: Json }[] = [];
  for (const { insert, attributes = {} } of runs) {
    const sorted = Object.fromEntries(
      Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1)),
    );
    const last = joined.at(-1);
    const isSame = last && JSON.stringify(last.attributes) === JSON.stringify(sorted);
    if (isSame) last.insert += insert;
    else joined.push({ insert, attributes: sorted });
  }
  return joined;
}
