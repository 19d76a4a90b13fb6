// Every ready-made strategy on random broken documents: the key is whole afterwards or people are asked,
// no other key is worse for it, nothing else has changed, and once is enough.
import type { CompensationContext, DocumentReplica, Escalation, Json } from '@causeway/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { operationId } from '../contracts/document-subject.ts';
import type { Roots } from './support/broken-document.ts';
import {
  brokenDocument,
  ids,
  keys,
  libraries,
  thingsUnder,
  writes,
} from './support/broken-document.ts';
import type { Asking, Seen, Subject } from './support/strategy-subjects.ts';
import { mendingId, subjects } from './support/strategy-subjects.ts';

const deficitIn = ({ deficit }: Subject['invariant'], document: DocumentReplica<unknown, Roots>) =>
  new Map(
    [...keys, ...ids].map((key) => [key, document.read((doc) => deficit?.(doc, key) ?? -1).value]),
  );

const context = (id = mendingId): CompensationContext<{}> => ({
  ...{ id, user: { id: 'primary', roles: [] }, mode: 'connected', wallMs: 0 },
  replica: 'r' as CompensationContext<{}>['replica'],
  effect: () => undefined,
  withhold: () => ({ withheld: 0, done: 0, uncertain: 0 }),
});

interface Mended {
  readonly asked: Escalation<Asking> | undefined;
  readonly update: Uint8Array;
}

function mend(
  document: DocumentReplica<unknown, Roots>,
  { restore }: Subject,
  o: { readonly key: string; readonly deficit: number; readonly id?: typeof mendingId },
): Mended {
  const { key, deficit, id = mendingId } = o;
  const found = { ...{ invariant: 'rule', key, deficit }, id: 'k:1' as never };
  let asked: Escalation<Asking> | undefined;
  const ran = document.run({ operation: id }, (roots) => {
    asked = restore(roots, found, context(id)) ?? undefined;
  });
  if (ran.type === 'threw') throw ran.error;
  return { asked, update: ran.update };
}

/** Roots that it may not write, and of the things those that it had no business with. */
function elsewhere(
  content: Json,
  { writes: allowed }: Subject,
  touched: ReadonlySet<string>,
): Json {
  const roots = Object.entries(content as { readonly [root: string]: Json });
  return roots
    .map(([root, value]): [string, Json] => {
      if (root !== 'things' || !allowed.includes('things')) return [root, value];
      const rest = Object.entries(value as { readonly [id: string]: Json });
      return [root, rest.filter(([id]) => !touched.has(id))];
    })
    .filter(([root]) => root === 'things' || !allowed.includes(root as keyof Roots));
}

/** Members that it may change: what stands under the key; of a tree, all below or above it. */
function concerned(view: Seen, name: string, key: string): ReadonlySet<string> {
  const touched = new Set<string>();
  const waiting = [key];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const above = view.bin.get(next);
    if (name === 'restoreReferenced') {
      if (above && !touched.has(next) && !view.things.has(next)) waiting.push(above.key);
      touched.add(next);
      continue;
    }
    for (const { id } of thingsUnder(view, next)) {
      if (!touched.has(id) && name === 'cascade') waiting.push(id);
      touched.add(id);
    }
  }
  return touched;
}

for (const [library, open] of Object.entries(libraries)) {
  const numRuns = library === 'yjs' ? 60 : 24;
  const type = open();
  describe.each(Object.keys(subjects))(`${library}: %s`, (name) => {
    const subject = subjects[name];
    if (!subject) throw new Error(name);
    test('brings the deficit to 0 or asks, changes nothing else, and is done once', () => {
      let mended = 0;
      fc.assert(
        fc.property(writes, (made) => {
          const document = brokenDocument(type, made);
          const untouched = brokenDocument(type, made);
          for (const key of keys) {
            const before = deficitIn(subject.invariant, document);
            const deficit = before.get(key) ?? 0;
            if (deficit === 0) continue;
            const touched = concerned(untouched.view, name, key);
            const content = document.content();
            const { asked, update } = mend(document, subject, { key, deficit });
            if (asked) {
              expect(document.content()).toEqual(content);
              continue;
            }
            mended++;
            const after = deficitIn(subject.invariant, document);
            expect(after.get(key)).toBe(0);
            for (const [other, was] of before) {
              expect(after.get(other)).toBeLessThanOrEqual(was);
            }
            expect(elsewhere(document.content(), subject, touched)).toEqual(
              elsewhere(content, subject, touched),
            );
            subject.after?.(untouched.view, document.view, key);
            expectOnce(document, subject, { key, update });
            return;
          }
        }),
        { numRuns, seed: 7 },
      );
      expect(mended).toBeGreaterThan(0);
    });
  });
}

/** The same result committed again counts once, and another run finds nothing to do. */
function expectOnce(
  document: DocumentReplica<unknown, Roots>,
  subject: Subject,
  { key, update }: { readonly key: string; readonly update: Uint8Array },
): void {
  const content = document.content();
  document.apply({ update, operation: mendingId, position: 1_000 });
  expect(document.content()).toEqual(content);
  const again = mend(document, subject, { key, deficit: 0, id: operationId(1_001) });
  expect(again.update).toHaveLength(0);
  expect(document.content()).toEqual(content);
}
