// What the engine relies on in every document package: random histories on three replicas are
// compared with a recount that knows nothing of ledgers, and each promise of the port by itself.
import type {
  AddWinsSet,
  Applied,
  Claims,
  Counter,
  DocumentReplica,
  DocumentType,
  Json,
  OperationId,
  Touch,
  Verdict,
  View,
} from '@causeway/core';
import { canonicalJson } from '@causeway/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

export interface ContractRoots {
  readonly stock: Counter;
  readonly tags: AddWinsSet<number>;
  readonly slots: Claims<string>;
}

/** `type` starts with 5 of `a` in `stock` and the text `base`; the text's root is `note`. */
export interface DocumentFixture<F, R extends ContractRoots> {
  readonly type: DocumentType<F, R>;
  /** An operation's write to a type of the library: inserts at the start of the text. */
  readonly insert: (roots: R, text: string) => void;
  /** The same by a bound editor, in a transaction of its own. */
  readonly edit: (facet: F, text: string) => void;
  /** Writes an entry as somebody would who does not keep to the rules. */
  readonly forge: (facet: F, entry: { root: string; id: string; text: string }) => void;
  readonly textOf: (view: View<R>) => string;
}

export const operationId = (text: string): OperationId => text as OperationId;

type Recorded =
  | { readonly type: 'add'; readonly key: string; readonly by: number }
  | { readonly type: 'put'; readonly key: string; readonly value: number }
  | { readonly type: 'remove'; readonly tags: readonly string[] }
  | { readonly type: 'claim'; readonly value: string; readonly slot: string | undefined }
  | { readonly type: 'release'; readonly claim: string };
interface Change {
  readonly update: Uint8Array;
  readonly operation: OperationId | undefined;
  readonly entries: readonly Recorded[];
}
interface Site<F, R> {
  readonly replica: DocumentReplica<F, R>;
  readonly history: Change[];
  /** How many of the verdicts it knows, and which positions. */
  judged: number;
  readonly placed: Set<OperationId>;
}
interface World<F, R extends ContractRoots> {
  readonly fixture: DocumentFixture<F, R>;
  readonly sites: readonly Site<F, R>[];
  readonly positions: Map<OperationId, number>;
  readonly verdicts: Verdict[];
  runs: number;
}

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
const steps = fc.oneof(
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
type Step = typeof steps extends fc.Arbitrary<infer T> ? T : never;

function createWorld<F, R extends ContractRoots>(fixture: DocumentFixture<F, R>): World<F, R> {
  const sites = [1, 2, 3].map((clientId): Site<F, R> => {
    const replica = fixture.type.open({ clientId });
    const history: Change[] = [];
    replica.onEdit((update, touched) => {
      expect(touched).toEqual([{ root: 'note', key: undefined }]);
      history.push({ update, operation: undefined, entries: [] });
    });
    return { replica, history, judged: 0, placed: new Set() };
  });
  return { fixture, sites, positions: new Map(), verdicts: [], runs: 0 };
}

function take<F, R extends ContractRoots>(world: World<F, R>, step: Step): void {
  const { sites, positions, verdicts, fixture } = world;
  const siteAt = (at: number): Site<F, R> => sites[at] ?? never();
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

function runAt<F, R extends ContractRoots>(
  world: World<F, R>,
  at: Site<F, R>,
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

function record<F, R extends ContractRoots>(
  world: World<F, R>,
  run: { at: Site<F, R>; operation: OperationId; entries: Recorded[] },
  roots: R,
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

function sync<F, R extends ContractRoots>(world: World<F, R>, from: Site<F, R>, to: Site<F, R>) {
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
function learn<F, R extends ContractRoots>(world: World<F, R>, at: Site<F, R>, all: boolean) {
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

function changesOf<F, R extends ContractRoots>(world: World<F, R>): Map<OperationId, Change> {
  const all = world.sites.flatMap(({ history }) => history);
  return new Map(all.flatMap((change) => (change.operation ? [[change.operation, change]] : [])));
}

const entryId = (operation: string, index: number): string =>
  index === 0 ? operation : `${operation}#${index}`;

/** Counts everything anew from what was written. */
function recount<F, R extends ContractRoots>(
  world: World<F, R>,
  history: readonly Change[],
  judged: number,
) {
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

function never(): never {
  throw new Error('no such site');
}

function expectRecounted<F, R extends ContractRoots>(world: World<F, R>, at: Site<F, R>): void {
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

/** Registers the tests. */
export function describeDocumentContract<F, R extends ContractRoots>(
  fixture: DocumentFixture<F, R>,
): void {
  describe(`document contract on ${fixture.type.library}`, () => {
    describeHistories(fixture);
    describeRuns(fixture);
    describeApplying(fixture);
  });
}

function describeHistories<F, R extends ContractRoots>(fixture: DocumentFixture<F, R>): void {
  it('converges to the recount, in whatever order positions and verdicts are learned', () => {
    fc.assert(
      fc.property(fc.array(steps, { maxLength: 40 }), (taken) => {
        const world = createWorld(fixture);
        for (const step of taken) take(world, step);
        for (const from of world.sites) for (const to of world.sites) sync(world, from, to);
        for (const from of world.sites) for (const to of world.sites) sync(world, from, to);
        for (const at of world.sites) learn(world, at, true);
        const [first] = world.sites;
        for (const at of world.sites) {
          expect(at.history.length).toBe(new Set(world.sites.flatMap((s) => s.history)).size);
          expect(at.replica.content()).toEqual(first?.replica.content());
          expectRecounted(world, at);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('saves what another replica loads and a fork holds, and both go on alike', () => {
    fc.assert(
      fc.property(fc.array(steps, { maxLength: 25 }), fc.array(steps, { maxLength: 8 }), (a, b) => {
        const world = createWorld(fixture);
        for (const step of a) take(world, step);
        const [from] = world.sites;
        if (!from) return;
        const loaded = fixture.type.open({ clientId: 8 });
        expect(loaded.load(from.replica.save())).toBe(true);
        const copies = [loaded, from.replica.fork(9)];
        for (const copy of copies) {
          expect(copy.content()).toEqual(from.replica.content());
          expect([...copy.view.slots.holders('s1')]).toEqual([
            ...from.replica.view.slots.holders('s1'),
          ]);
        }
        const known = from.history.length;
        for (const step of b) take(world, step);
        for (const copy of copies) {
          copy.judge(world.verdicts);
          for (const { update, operation } of from.history.slice(known)) {
            const applied = copy.apply({ update, ...(operation && { operation }) });
            expect(applied).toMatchObject({ type: 'applied', forged: [] });
          }
          for (const [id, position] of world.positions) copy.place(id, position);
        }
        learn(world, from, true);
        for (const copy of copies) expect(copy.content()).toEqual(from.replica.content());
      }),
      { numRuns: 150 },
    );
  });
}

function describeRuns<F, R extends ContractRoots>(fixture: DocumentFixture<F, R>): void {
  const op = operationId('op');

  it('starts from the same bytes everywhere, which are no edit and in no update', () => {
    const [a, b] = [fixture.type.open({ clientId: 1 }), fixture.type.open({ clientId: 2 })];
    expect(a.save()).toEqual(b.save());
    expect(a.view.stock.get('a')).toBe(5);
    expect(fixture.textOf(a.view)).toBe('base');
    expect(a.run({ operation: op }, () => {})).toMatchObject({
      update: new Uint8Array(0),
      touched: [],
      verdicts: [],
    });
  });

  it('leaves a throwing run without a trace that anybody can see', () => {
    const [a, b] = [fixture.type.open({ clientId: 1 }), fixture.type.open({ clientId: 2 })];
    const before = a.content();
    const error = new Error('on purpose');
    const ran = a.run({ operation: op }, (roots) => {
      fixture.insert(roots, 'x');
      roots.stock.add('a', 1);
      roots.slots.claim(['s1'], 'x');
      roots.slots.settle('s1');
      throw error;
    });
    expect(ran).toMatchObject({ type: 'threw', error });
    expect(a.content()).toEqual(before);
    expect(b.apply({ update: ran.update })).toMatchObject({ type: 'applied', forged: [] });
    expect(b.content()).toEqual(before);
    const again = a.run({ operation: op }, (roots) => fixture.insert(roots, 'y'));
    expect(b.apply({ update: again.update, operation: op }).type).toBe('applied');
    expect(fixture.textOf(b.view)).toBe('ybase');
  });

  it('refuses to write where only reading or nothing runs', () => {
    const a = fixture.type.open({ clientId: 1 });
    const writer = a.view.stock as Counter;
    expect(() => writer.add('a', 1)).toThrow('write-outside-run');
    expect(() => a.read((view) => (view.stock as Counter).add('a', 1))).toThrow('write-in-read');
    expect(() => a.read(() => a.run({ operation: op }, () => {}))).toThrow('write-in-read');
    expect(() => a.read(() => fixture.edit(a.facet, 'x'))).toThrow('write-in-read');
    expect(a.view.stock.get('a')).toBe(5);
    const inner = a.run({ operation: op }, () => void a.run({ operation: op }, () => {}));
    expect(String(inner.type === 'threw' && inner.error)).toContain('transaction-open');
  });

  it('tells which keys and roots were read', () => {
    const a = fixture.type.open({ clientId: 1 });
    const read = a.read((view) => [view.stock.get('a'), view.tags.has('t'), fixture.textOf(view)]);
    expect(read.value).toEqual([5, false, 'base']);
    expect(read.touched).toEqual([
      { root: 'stock', key: 'a' },
      { root: 'tags', key: 't' },
      { root: 'note', key: undefined },
    ]);
    expect(a.read((view) => [...view.stock.keys()]).touched).toContainEqual({
      root: 'stock',
      key: undefined,
    });
  });

  it('reports the edits of others, and only while somebody listens', () => {
    const a = fixture.type.open({ clientId: 1 });
    const edits: Uint8Array[] = [];
    const stop = a.onEdit((update) => edits.push(update));
    a.run({ operation: op }, (roots) => fixture.insert(roots, 'x'));
    expect(edits).toHaveLength(0);
    fixture.edit(a.facet, 'y');
    expect(edits).toHaveLength(1);
    stop();
    fixture.edit(a.facet, 'z');
    expect(edits).toHaveLength(1);
    a.onEdit((update) => edits.push(update));
    a.close();
    fixture.edit(a.facet, 'z');
    expect(edits).toHaveLength(1);
  });
}

function describeApplying<F, R extends ContractRoots>(fixture: DocumentFixture<F, R>): void {
  const op = operationId('op');
  const open = (clientId: number): DocumentReplica<F, R> => fixture.type.open({ clientId });
  const apply = (to: DocumentReplica<F, R>, update: Uint8Array, id?: OperationId): Applied =>
    to.apply({ update, ...(id && { operation: id }) });

  it('never counts an entry that came under another name', () => {
    const [a, b, c] = [open(1), open(2), open(3)];
    const edits: Uint8Array[] = [];
    a.onEdit((update) => edits.push(update));
    fixture.forge(a.facet, { root: 'stock', id: 'op', text: '["a",90]' });
    const forged = [{ root: 'stock', entry: 'op' }];
    expect(a.view.stock.get('a')).toBe(5);
    for (const update of edits) expect(apply(b, update)).toMatchObject({ forged });
    for (const update of edits)
      expect(apply(c, update, operationId('x'))).toMatchObject({ forged });
    // Who has the name is free to use it still, although its key is taken.
    const ran = b.run({ operation: op }, (roots) => roots.stock.add('a', -1));
    for (const to of [a, c]) {
      expect(apply(to, ran.update, operationId('other'))).toMatchObject({ forged });
      expect(to.view.stock.get('a')).toBe(5);
      expect(apply(to, ran.update, op)).toMatchObject({ type: 'applied', forged: [] });
      expect(apply(to, ran.update, op)).toMatchObject({ type: 'applied', forged: [], touched: [] });
    }
    for (const at of [a, b, c]) {
      expect(at.view.stock.get('a')).toBe(4);
      expect(at.fork(7).content()).toEqual(at.content());
    }
  });

  it('voids all entries of an operation, also when it learns that before them', () => {
    const [a, b] = [open(1), open(2)];
    const ran = a.run({ operation: op }, (roots) => {
      roots.slots.claim(['s1'], 'x');
      roots.stock.add('a', 2);
      roots.tags.put('t', 1);
    });
    b.judge([{ operation: op, verdict: 'void' }]);
    apply(b, ran.update, op);
    a.judge([{ operation: op, verdict: 'void' }]);
    for (const at of [a, b]) {
      expect(at.view.stock.get('a')).toBe(5);
      expect(at.view.tags.has('t')).toBe(false);
      expect(at.view.slots.get('op')).toMatchObject({ verdict: 'void', slot: undefined });
    }
    expect(a.content()).toEqual(b.content());
  });

  it('refuses what is malformed or has gaps, and is as before', () => {
    const [a, b] = [open(1), open(2)];
    const first = a.run({ operation: op }, (roots) => fixture.insert(roots, 'x'));
    const second = a.run({ operation: operationId('op2') }, (roots) => {
      fixture.insert(roots, 'y');
      roots.stock.add('a', 1);
    });
    const before = b.save();
    expect(apply(b, second.update, operationId('op2')).type).toBe('refused');
    expect(b.save()).toEqual(before);
    apply(b, first.update, op);
    const bytes = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 40 }),
      fc.nat(second.update.length - 1).map((length) => second.update.slice(0, length || 1)),
      fc
        .tuple(fc.nat(second.update.length - 1), fc.nat(255))
        .map(([at, byte]) => second.update.map((old, index) => (index === at ? byte : old))),
    );
    fc.assert(
      fc.property(bytes, (update) => {
        const to = b.fork(4);
        const state = to.save();
        const applied = apply(to, update, operationId('op2'));
        if (applied.type === 'refused') expect(to.save()).toEqual(state);
        else expect(open(5).load(to.save())).toBe(true);
      }),
      { numRuns: 1000 },
    );
    expect(apply(b, new Uint8Array([1, 2, 3])).type).toBe('refused');
    expect(open(6).load(new Uint8Array([1, 2, 3]))).toBe(false);
    expect(open(6).load(a.save().slice(0, -1))).toBe(false);
  });

  it('merges updates to one that does the same', () => {
    const [a, b] = [open(1), open(2)];
    const updates: Uint8Array[] = [];
    a.onEdit((update) => updates.push(update));
    for (const text of ['x', 'y', 'z']) fixture.edit(a.facet, text);
    expect(apply(b, a.merge([new Uint8Array(0), ...updates])).type).toBe('applied');
    expect(b.content()).toEqual(a.content());
    expect(a.merge([])).toHaveLength(0);
  });
}
