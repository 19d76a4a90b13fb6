// The naive twin of the ledgers: it counts everything anew from what was written.
import { expect } from 'vitest';
import type { Change, Site, World } from './document-world.ts';
import { entryId, operationId } from './document-world.ts';

/** Counts everything anew from what was written. */
export function recount<F, N>(world: World<F, N>, history: readonly Change[], judged: number) {
  const verdicts = world.verdicts.slice(0, judged);
  const verdictOf = (operation: string, id: string) =>
    ['entry', 'root', 'operation'].map((scope) =>
      verdicts.findLast(
        (v) =>
          v.operation === operation &&
          (scope === 'entry' ? v.entry === id : v.entry === undefined) &&
          (scope === 'operation') === (v.root === undefined),
      ),
    );
  const entries = history
    .flatMap(({ operation = operationId('?'), entries: written }) =>
      written.map((entry, index) => {
        const id = entryId(operation, index);
        const [own, ofRoot, ofOperation] = verdictOf(operation, id);
        const narrow = entry.type === 'claim' ? (own ?? ofRoot) : undefined;
        const isVoid = [narrow, ofOperation].some((v) => v?.verdict === 'void');
        const position = world.positions.get(operation) ?? Infinity;
        return { ...entry, id, operation, index, isVoid, narrow, position };
      }),
    )
    .sort((a, b) => {
      if (a.position !== b.position) return a.position - b.position;
      if (a.operation !== b.operation) return a.operation < b.operation ? -1 : 1;
      return a.index - b.index;
    });
  const valid = entries.filter((entry) => !entry.isVoid);
  const stock = new Map([['a', 5]]);
  for (const e of valid) if (e.type === 'add') stock.set(e.key, (stock.get(e.key) ?? 0) + e.by);
  const removed = new Set(valid.flatMap((e) => (e.type === 'remove' ? e.tags : [])));
  const liveTags = valid.flatMap((e) => (e.type === 'put' && !removed.has(e.id) ? [e] : []));
  const released = new Set(valid.flatMap((e) => (e.type === 'release' ? [e.claim] : [])));
  const claims = entries.flatMap((e) => {
    if (e.type !== 'claim' || released.has(e.id)) return [];
    const kept = e.narrow?.verdict === 'moved' ? e.narrow.slot : e.slot;
    const verdict = e.isVoid ? 'void' : (e.narrow?.verdict ?? 'tentative');
    return [{ id: e.id, value: e.value, verdict, slot: e.isVoid ? undefined : kept }];
  });
  return { stock, liveTags, claims };
}

export function expectRecounted<F, N>(world: World<F, N>, at: Site<F, N>): void {
  const { view } = at.replica;
  const expected = recount(world, at.history, at.judged);
  const stock = [...view.stock.keys()].map((key) => [key, view.stock.get(key)] as const);
  expect(new Map(stock)).toEqual(expected.stock);
  const tags = [...view.tags.keys()].map((key) => [key, view.tags.get(key)] as const);
  expect(new Map(tags)).toEqual(new Map(expected.liveTags.map(({ key, value }) => [key, value])));
  const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1);
  expect([...view.slots.all()].sort(byId)).toEqual([...expected.claims].sort(byId));
  for (const slot of ['s1', 's2', 's3']) {
    const holders = expected.claims.filter((claim) => claim.slot === slot);
    expect([...view.slots.holders(slot)].sort(byId)).toEqual([...holders].sort(byId));
    const isCommitted = ({ id }: { id: string }): boolean =>
      world.positions.has(operationId(id.split('#')[0] ?? id));
    const committed = holders.filter(isCommitted);
    expect(view.slots.holders(slot).filter(isCommitted)).toEqual(committed);
    expect(view.slots.at(slot)).toEqual(view.slots.holders(slot)[0]);
  }
}
