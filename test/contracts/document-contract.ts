// What the engine relies on in every document package: random histories on three replicas are
// compared with a recount that knows nothing of ledgers, and each promise of the port by itself.
import type { Applied, Counter, DocumentReplica, OperationId } from '@causeway/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { learn, steps, sync, take } from './document-history.ts';
import { expectRecounted } from './document-recount.ts';
import type { ContractRoots, DocumentFixture } from './document-world.ts';
import { createWorld, operationId } from './document-world.ts';

/** Registers the tests. */
export function describeDocumentContract<F, N>(fixture: DocumentFixture<F, N>): void {
  describe(`document contract on ${fixture.type.library}`, () => {
    describeHistories(fixture);
    describeRuns(fixture);
    describeReading(fixture);
    describeApplying(fixture);
    describeUpdates(fixture);
  });
}

function describeHistories<F, N>(fixture: DocumentFixture<F, N>): void {
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

function describeRuns<F, N>(fixture: DocumentFixture<F, N>): void {
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
}

function describeReading<F, N>(fixture: DocumentFixture<F, N>): void {
  const op = operationId('op');

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

function describeApplying<F, N>(fixture: DocumentFixture<F, N>): void {
  const op = operationId('op');
  const open = (clientId: number): DocumentReplica<F, ContractRoots<N>> =>
    fixture.type.open({ clientId });
  const apply = (
    to: DocumentReplica<F, ContractRoots<N>>,
    update: Uint8Array,
    id?: OperationId,
  ): Applied => to.apply({ update, ...(id && { operation: id }) });

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
}

function describeUpdates<F, N>(fixture: DocumentFixture<F, N>): void {
  const op = operationId('op');
  const open = (clientId: number) => fixture.type.open({ clientId });

  it('refuses what is malformed or has gaps, and is as before', () => {
    const [a, b] = [open(1), open(2)];
    const first = a.run({ operation: op }, (roots) => fixture.insert(roots, 'x'));
    const second = a.run({ operation: operationId('op2') }, (roots) => {
      fixture.insert(roots, 'y');
      roots.stock.add('a', 1);
    });
    const before = b.save();
    expect(b.apply({ update: second.update, operation: operationId('op2') }).type).toBe('refused');
    expect(b.save()).toEqual(before);
    b.apply({ update: first.update, operation: op });
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
        const applied = to.apply({ update, operation: operationId('op2') });
        if (applied.type === 'refused') expect(to.save()).toEqual(state);
        else expect(open(5).load(to.save())).toBe(true);
      }),
      { numRuns: 1000 },
    );
    expect(b.apply({ update: new Uint8Array([1, 2, 3]) }).type).toBe('refused');
    expect(open(6).load(new Uint8Array([1, 2, 3]))).toBe(false);
    expect(open(6).load(a.save().slice(0, -1))).toBe(false);
  });

  it('merges updates to one that does the same', () => {
    const [a, b] = [open(1), open(2)];
    const updates: Uint8Array[] = [];
    a.onEdit((update) => updates.push(update));
    for (const text of ['x', 'y', 'z']) fixture.edit(a.facet, text);
    expect(b.apply({ update: a.merge([new Uint8Array(0), ...updates]) }).type).toBe('applied');
    expect(b.content()).toEqual(a.content());
    expect(a.merge([])).toHaveLength(0);
  });
}
