// Random histories on three replicas: runs, edits, exchanges, and what is decided, in any order.
import type { DocumentReplica, Json, OperationId, Touch } from '@causeway/core';
import { canonicalJson } from '@causeway/core';
import fc from 'fast-check';
import { expect } from 'vitest';
import { recount } from './document-recount.ts';
import type { Change, ContractRoots, Recorded, Site, World } from './document-world.ts';
import { changesOf, entryId, operationId } from './document-world.ts';

const keys = fc.constantFrom('a', 'b', '__proto__');
const slots = fc.constantFrom('s1', 's2', 's3');
const writes = fc.oneof(
  fc.record({ type: fc.constant('add'), key: keys, by: fc.integer({ min: -9, max: 9 }) } as const),
  fc.record({ type: fc.constant('put'), key: keys, value: fc.nat(9) } as const),
  fc.record({ type: fc.constant('delete'), key: keys } as const),
  fc.record({
    type: fc.constant('claim'),
    slots: fc.tuple(slots, slots),
    value: fc.constantFrom('x', 'y'),
  } as const),
  fc.record({ type: fc.constant('release'), pick: fc.nat() } as const),
  fc.record({ type: fc.constant('insert'), text: fc.constantFrom('p', 'q') } as const),
);
const site = fc.nat(2);
export const steps = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('run'),
      at: site,
      writes: fc.array(writes, { minLength: 1, maxLength: 4 }),
      throws: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
    } as const),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('edit'), at: site } as const) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('sync'), from: site, to: site } as const) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('commit'), pick: fc.nat() } as const) },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant('learn'), at: site, all: fc.boolean() } as const),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('void'), pick: fc.nat() } as const) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('settle'), slot: slots } as const) },
);
type Write = typeof writes extends fc.Arbitrary<infer T> ? T : never;
export type Step = typeof steps extends fc.Arbitrary<infer T> ? T : never;

export function take<F, N>(world: World<F, N>, step: Step): void {
  const { sites, positions, verdicts, fixture } = world;
  const siteAt = (at: number): Site<F, N> => sites[at] ?? never();
  if (step.type === 'run') runAt(world, siteAt(step.at), step);
  if (step.type === 'edit') fixture.edit(siteAt(step.at).replica.facet, 'e');
  if (step.type === 'sync') sync(world, siteAt(step.from), siteAt(step.to));
  if (step.type === 'learn') learn(world, siteAt(step.at), step.all);
  if (step.type === 'commit' || step.type === 'void') {
    const operations = [...changesOf(world).keys()].filter(
      (id) => step.type === 'void' || !positions.has(id),
    );
    const id = operations[step.pick % operations.length];
    if (id !== undefined && step.type === 'commit') positions.set(id, positions.size + 1);
    if (id !== undefined && step.type === 'void') verdicts.push({ operation: id, verdict: 'void' });
  }
  if (step.type === 'settle') {
    const primary = siteAt(0);
    learn(world, primary, true);
    const operation = operationId(`c:${world.runs++}`);
    const ran = primary.replica.run({ operation }, (roots) => void roots.slots.settle(step.slot));
    if (ran.type === 'threw') throw ran.error;
    verdicts.push(...ran.verdicts);
    primary.judged = verdicts.length; // It decided them, so it knows them.
  }
}

function runAt<F, N>(
  world: World<F, N>,
  at: Site<F, N>,
  step: { readonly writes: readonly Write[]; readonly throws: boolean },
): void {
  const operation = operationId(`op${String(world.runs++).padStart(3, '0')}`);
  const entries: Recorded[] = [];
  const before = at.replica.content();
  const ran = checkTouched(at.replica, () =>
    at.replica.run({ operation }, (roots) => {
      for (const write of step.writes) record(world, { at, operation, entries }, roots, write);
      if (step.throws) throw new Error('on purpose');
    }),
  );
  expect(ran.type).toBe(step.throws ? 'threw' : 'ran');
  if (ran.type === 'threw') {
    expect(at.replica.content()).toEqual(before);
    at.history.push({ update: ran.update, operation: undefined, entries: [] });
  } else at.history.push({ update: ran.update, operation, entries });
}

function record<F, N>(
  world: World<F, N>,
  run: { at: Site<F, N>; operation: OperationId; entries: Recorded[] },
  roots: ContractRoots<N>,
  write: Write,
): void {
  const { at, operation, entries } = run;
  if (write.type === 'add') {
    roots.stock.add(write.key, write.by);
    entries.push(write);
  } else if (write.type === 'put') {
    roots.tags.put(write.key, write.value);
    entries.push(write);
  } else if (write.type === 'delete') {
    const own: Change = { update: new Uint8Array(0), operation, entries };
    const known = recount(world, [...at.history, own], at.judged);
    const tags = known.liveTags.filter((tag) => tag.key === write.key).map((tag) => tag.id);
    roots.tags.delete(write.key);
    if (tags.length > 0) entries.push({ type: 'remove', tags });
  } else if (write.type === 'claim') {
    roots.slots.claim(write.slots, write.value);
    const id = entryId(operation, entries.length);
    const isFree = (slot: string): boolean =>
      roots.slots.holders(slot).every((claim) => claim.id === id);
    const slot = roots.slots.get(id)?.slot;
    // Voided before it arrived: then it has none.
    if (slot !== undefined) expect(slot).toBe(write.slots.find(isFree) ?? write.slots[0]);
    entries.push({ type: 'claim', value: write.value, slot });
  } else if (write.type === 'release') {
    const ids = [...roots.slots.all()].map(({ id }) => id).sort();
    const claim = ids[write.pick % ids.length];
    if (claim === undefined) return;
    roots.slots.release(claim);
    entries.push({ type: 'release', claim });
  } else world.fixture.insert(roots, write.text);
}

export function sync<F, N>(world: World<F, N>, from: Site<F, N>, to: Site<F, N>) {
  for (const change of from.history.filter((known) => !to.history.includes(known))) {
    const { update, operation } = change;
    const position = operation && world.positions.get(operation);
    const tellsPosition = position !== undefined && position % 2 === 0;
    const applied = checkTouched(to.replica, () =>
      to.replica.apply({
        update,
        ...(operation && { operation }),
        ...(tellsPosition && { position }),
      }),
    );
    expect(applied).toMatchObject({ type: 'applied', forged: [] });
    to.history.push(change);
  }
}

/** Verdicts come in order, maybe before what they judge; positions in any, after it. */
export function learn<F, N>(world: World<F, N>, at: Site<F, N>, all: boolean) {
  const until = all ? world.verdicts.length : at.judged + 1;
  checkTouched(at.replica, () => ({
    touched: at.replica.judge(world.verdicts.slice(at.judged, until)),
  }));
  at.judged = Math.min(until, world.verdicts.length);
  const known = [...world.positions].filter(
    ([id]) => !at.placed.has(id) && at.history.some(({ operation }) => operation === id),
  );
  for (const [id, position] of all ? known.reverse() : known.slice(-1)) {
    checkTouched(at.replica, () => ({ touched: at.replica.place(id, position) }));
    at.placed.add(id);
  }
}

/** Whatever key has another value afterwards is among those reported. */
function checkTouched<T extends { readonly touched: readonly Touch[] } | { readonly type: string }>(
  replica: DocumentReplica<unknown, unknown>,
  change: () => T,
): T {
  const before = replica.content() as Record<string, Json>;
  const result = change();
  const after = replica.content() as Record<string, Json>;
  const touched = 'touched' in result ? result.touched : [];
  for (const root of ['stock', 'tags', 'note']) {
    const names = Object.keys({ ...Object(before[root]), ...Object(after[root]) });
    for (const name of names) {
      const [old, now] = [before, after].map((content) => Object(content[root])[name] ?? null);
      if (canonicalJson(old) === canonicalJson(now)) continue;
      const key = root === 'note' ? undefined : name;
      expect(touched).toContainEqual({ root, key });
    }
  }
  return result;
}

function never(): never {
  throw new Error('no such site');
}
