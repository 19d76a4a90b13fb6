// Acceptance suite of the document port: what every CRDT library must do for the engine.
import type { DocumentReplica } from '@causeway/core';
import { Bug } from '@causeway/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { convergenceContract } from './document-convergence.ts';
import { forgeryContract } from './document-forgery.ts';
import { DocumentHistory, steps } from './document-history.ts';
import type { ContractRoots, DocumentFeatures, DocumentSubject } from './document-subject.ts';
import { operationId } from './document-subject.ts';

/** Runs the suite on a library. `make` is called per test: no state is shared. */
export function documentContract<F, R extends ContractRoots>(
  name: string,
  make: () => DocumentSubject<F, R>,
  { features }: { readonly features: DocumentFeatures },
): void {
  describe(`${name}: the document port`, () => {
    runContract(make);
    applyContract(make);
    readContract(make);
    saveContract(make);
    convergenceContract(make);
    forgeryContract(make, features);
  });
}

/** What a run made, or its error. */
export function updateOf<F, R extends ContractRoots>(
  replica: DocumentReplica<F, R>,
  n: number,
  write: (roots: R) => void,
): Uint8Array {
  const ran = replica.run({ operation: operationId(n) }, write);
  if (ran.type === 'threw') throw ran.error;
  return ran.update;
}

function codeOf(act: () => unknown): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    return error instanceof Bug ? error.code : String(error);
  }
}

function runContract<F, R extends ContractRoots>(make: () => DocumentSubject<F, R>): void {
  test('a run shows at once, and its update shows the same elsewhere', () => {
    const subject = make();
    const [a, b] = [1, 2].map((clientId) => subject.type.open({ clientId }));
    if (!a || !b) throw new Error('no replicas');
    const ran = a.run({ operation: operationId(1) }, (roots) => {
      roots.balance.add('ann', 5);
      expect(roots.balance.get('ann')).toBe(5);
      roots.tags.put('blue', 7);
      roots.slots.claim(['nine'], { who: 'ann' });
      subject.writeNote(roots, 'hello');
    });
    if (ran.type !== 'ran') throw ran.error;
    const touched = [
      { root: 'balance', key: 'ann' },
      { root: 'note', key: undefined },
      { root: 'slots', key: 'nine' },
      { root: 'tags', key: 'blue' },
    ];
    expect(sorted(ran.touched)).toEqual(touched);
    const applied = b.apply({ update: ran.update, operation: operationId(1), position: 1 });
    expect(applied).toMatchObject({ type: 'applied', forged: [] });
    if (applied.type === 'applied') expect(sorted(applied.touched)).toEqual(touched);
    expect(b.content()).toEqual(a.content());
    expect(b.view.balance.get('ann')).toBe(5);
    expect(subject.readNote(b.view)).toBe('hello');
  });

  test('a run that writes nothing makes an empty update', () => {
    const a = make().type.open({ clientId: 1 });
    const ran = a.run({ operation: operationId(1) }, () => {});
    expect(ran).toEqual({ type: 'ran', update: new Uint8Array(0), touched: [], verdicts: [] });
  });

  test('a run that throws leaves the content, and later ones are understood elsewhere', () => {
    const subject = make();
    const a = subject.type.open({ clientId: 1 });
    const b = subject.type.open({ clientId: 2 });
    b.apply({ update: updateOf(a, 1, (roots) => subject.writeNote(roots, 'kept')) });
    const before = a.content();
    const error = new Error('no');
    const ran = a.run({ operation: operationId(2) }, (roots) => {
      roots.balance.add('ann', 1);
      roots.slots.claim(['nine'], { who: 'ann' });
      subject.writeNote(roots, 'lost');
      throw error;
    });
    expect(ran).toMatchObject({ type: 'threw', error });
    expect(a.content()).toEqual(before);
    expect(b.apply({ update: ran.update })).toMatchObject({ type: 'applied', forged: [] });
    const update = updateOf(a, 3, (roots) => subject.writeNote(roots, 'more '));
    expect(b.apply({ update, operation: operationId(3) })).toMatchObject({ type: 'applied' });
    expect(b.content()).toEqual(a.content());
  });

  test('a settlement in a run that throws is taken back', () => {
    const a = make().type.open({ clientId: 1 });
    for (const n of [1, 2]) updateOf(a, n, (roots) => roots.slots.claim(['x'], { who: `${n}` }));
    const before = a.content();
    const ran = a.run({ operation: operationId(3) }, (roots) => {
      roots.slots.settle('x');
      throw new Error('no');
    });
    expect(ran.type).toBe('threw');
    expect(a.content()).toEqual(before);
    expect(a.view.slots.holders('x')).toHaveLength(2);
  });

  test('an operation runs once, and within no other transaction', () => {
    const subject = make();
    const a = subject.type.open({ clientId: 1 });
    updateOf(a, 1, (roots) => roots.balance.add('ann', 1));
    expect(codeOf(() => updateOf(a, 1, () => {}))).toBe('operation-repeated');
    expect(a.isBusy).toBe(false);
    let seen: unknown[] = [];
    subject.withOpenTransaction(a.facet, () => {
      seen = [a.isBusy, codeOf(() => updateOf(a, 2, () => {}))];
    });
    expect(seen).toEqual([true, 'transaction-open']);
    updateOf(a, 3, () => {
      seen = [a.isBusy, codeOf(() => updateOf(a, 4, () => {}))];
    });
    expect(seen).toEqual([true, 'transaction-open']);
    expect(a.isBusy).toBe(false);
  });

  test('writers refuse outside of runs, and what no entry can hold', () => {
    const a = make().type.open({ clientId: 1 });
    let kept: R | undefined;
    updateOf(a, 1, (roots) => {
      kept = roots;
      expect(codeOf(() => roots.balance.add('ann', 0.5))).toBe('not-whole');
      expect(codeOf(() => roots.tags.put('ann', Number.NaN))).toBe('not-json');
    });
    expect(codeOf(() => kept?.balance.add('ann', 1))).toBe('write-outside-run');
    expect(codeOf(() => kept?.tags.put('ann', 1))).toBe('write-outside-run');
    expect(codeOf(() => kept?.tags.delete('ann'))).toBe('write-outside-run');
    expect(codeOf(() => kept?.slots.claim(['x'], { who: 'ann' }))).toBe('write-outside-run');
    expect(codeOf(() => kept?.slots.release('ann'))).toBe('write-outside-run');
    expect(codeOf(() => kept?.slots.settle('x'))).toBe('write-outside-run');
    expect(a.view.balance.get('ann')).toBe(0);
  });

  test('edits are reported with what they touch; runs and remote changes are not', () => {
    const subject = make();
    const a = subject.type.open({ clientId: 1 });
    const b = subject.type.open({ clientId: 2 });
    const edits: { update: Uint8Array; touched: unknown }[] = [];
    const stop = a.onEdit((update, touched) => edits.push({ update, touched }));
    updateOf(a, 1, (roots) => subject.writeNote(roots, 'run '));
    a.apply({ update: updateOf(b, 2, (roots) => subject.writeNote(roots, 'remote ')) });
    expect(edits).toEqual([]);
    const c = a.fork(3);
    subject.editNote(a.facet, 'edit ');
    expect(edits.map(({ touched }) => touched)).toEqual([[{ root: 'note', key: undefined }]]);
    for (const { update } of edits) c.apply({ update });
    expect(c.content()).toEqual(a.content());
    stop();
    subject.editNote(a.facet, 'more ');
    expect(edits).toHaveLength(1);
  });
}

function applyContract<F, R extends ContractRoots>(make: () => DocumentSubject<F, R>): void {
  test('a change applied twice counts once, also when its position comes later', () => {
    const subject = make();
    const a = subject.type.open({ clientId: 1 });
    const b = subject.type.open({ clientId: 2 });
    const operation = operationId(1);
    const update = updateOf(a, 1, (roots) => {
      roots.balance.add('ann', 5);
      roots.slots.claim(['x'], { who: 'ann' });
      subject.writeNote(roots, 'once');
    });
    for (const change of [{ update }, { update, position: 3 }, { update }]) {
      expect(b.apply({ ...change, operation })).toMatchObject({ type: 'applied', forged: [] });
    }
    expect(a.apply({ update, operation, position: 3 })).toMatchObject({ type: 'applied' });
    expect(b.content()).toEqual(a.content());
    expect(b.view.balance.get('ann')).toBe(5);
    expect(b.view.slots.holders('x')).toHaveLength(1);
  });

  test('of two changes under one operation id the first committed one counts, everywhere', () => {
    const { type } = make();
    const author = type.open({ clientId: 1 });
    const primary = type.open({ clientId: 2 });
    const late = type.open({ clientId: 3 });
    const operation = operationId(1);
    const here = updateOf(author, 1, (roots) => roots.balance.add('ann', 5));
    const result = updateOf(primary, 1, (roots) => roots.balance.add('ann', 7));
    author.apply({ update: result, operation, position: 1 });
    late.apply({ update: here, operation, position: 2 });
    late.apply({ update: result, operation, position: 1 });
    primary.place(operation, 1);
    primary.apply({ update: here, operation, position: 2 });
    for (const replica of [author, primary, late, author.fork(9)]) {
      expect(replica.view.balance.get('ann')).toBe(7);
    }
  });

  test('a change whose dependencies are missing is refused and leaves no trace', () => {
    const subject = make();
    const a = subject.type.open({ clientId: 1 });
    const b = subject.type.open({ clientId: 2 });
    const first = updateOf(a, 1, (roots) => subject.writeNote(roots, 'one'));
    const second = updateOf(a, 2, (roots) => {
      subject.writeNote(roots, 'two');
      roots.balance.add('ann', 1);
    });
    const before = b.save();
    const refused = { type: 'refused', reason: 'missing-dependency' };
    expect(b.apply({ update: second, operation: operationId(2) })).toEqual(refused);
    expect(b.save()).toEqual(before);
    expect(b.apply({ update: first }).type).toBe('applied');
    expect(b.apply({ update: second, operation: operationId(2) }).type).toBe('applied');
    expect(b.content()).toEqual(a.content());
    expect(b.apply({ update: b.merge([first, second]), operation: operationId(2) }).type).toBe(
      'applied',
    );
  });

  test('merged updates do what they do one after the other', () => {
    const subject = make();
    const a = subject.type.open({ clientId: 1 });
    const b = subject.type.open({ clientId: 2 });
    const updates: Uint8Array[] = [];
    a.onEdit((update) => updates.push(update));
    for (const text of ['a', 'b', 'c']) subject.editNote(a.facet, text);
    expect(b.apply({ update: b.merge([new Uint8Array(0), ...updates]) }).type).toBe('applied');
    expect(b.content()).toEqual(a.content());
    expect(b.merge([])).toEqual(new Uint8Array(0));
  });

  test('bytes that are no update are refused, and leave no trace', () => {
    const subject = make();
    const a = subject.type.open({ clientId: 1 });
    const update = updateOf(a, 1, (roots) => {
      roots.balance.add('ann', 5);
      roots.tags.put('blue', 7);
      subject.writeNote(roots, 'hello');
    });
    const b = subject.type.open({ clientId: 2 });
    const before = b.save();
    const tryBytes = (bytes: Uint8Array): void => {
      const applied = b.apply({ update: bytes });
      if (applied.type === 'refused') expect(b.save()).toEqual(before);
    };
    fc.assert(fc.property(fc.uint8Array({ minLength: 1, maxLength: 80 }), tryBytes));
    for (let at = 1; at < update.length; at++) {
      expect(b.apply({ update: update.subarray(0, at) }).type).toBe('refused');
      expect(b.save()).toEqual(before);
    }
  });

  test('a mutated update is refused or applied, and never half of it', () => {
    const subject = make();
    const mutation = fc.record({ at: fc.nat(), value: fc.integer({ min: 1, max: 255 }) });
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 3 }), (mutations) => {
        const a = subject.type.open({ clientId: 1 });
        const first = updateOf(a, 1, (roots) => subject.writeNote(roots, 'hello'));
        const b = a.fork(2);
        const update = updateOf(a, 2, (roots) => {
          roots.balance.add('ann', 5);
          subject.writeNote(roots, 'more');
        });
        const mutated = update.slice();
        for (const { at, value } of mutations) {
          mutated[at % mutated.length] = (mutated[at % mutated.length] ?? 0) ^ value;
        }
        const before = b.save();
        const applied = b.apply({ update: mutated, operation: operationId(2) });
        if (applied.type === 'refused') expect(b.save()).toEqual(before);
        expect(b.fork(3).content()).toEqual(b.content());
        expect(b.apply({ update: first }).type).toBe('applied');
      }),
      { numRuns: 1_500 },
    );
  });
}

function readContract<F, R extends ContractRoots>(make: () => DocumentSubject<F, R>): void {
  test('reading tells the keys and roots that were read', () => {
    const subject = make();
    const a = subject.type.open({ clientId: 1 });
    updateOf(a, 1, (roots) => roots.slots.claim(['x'], { who: 'ann' }));
    const touchedBy = (from: (view: typeof a.view) => unknown): unknown => a.read(from).touched;
    expect(touchedBy(() => 1)).toEqual([]);
    expect(touchedBy((view) => view.balance.get('ann'))).toEqual([{ root: 'balance', key: 'ann' }]);
    expect(touchedBy((view) => [...view.tags.keys()])).toEqual([{ root: 'tags', key: undefined }]);
    expect(touchedBy((view) => view.tags.has('t'))).toEqual([{ root: 'tags', key: 't' }]);
    expect(touchedBy((view) => view.slots.at('y'))).toEqual([{ root: 'slots', key: 'y' }]);
    expect(touchedBy((view) => view.slots.get(operationId(1)))).toEqual([
      { root: 'slots', key: 'x' },
    ]);
    expect(touchedBy((view) => view.slots.get('nobody'))).toEqual([
      { root: 'slots', key: undefined },
    ]);
    expect(touchedBy(subject.readNote)).toEqual([{ root: 'note', key: undefined }]);
    expect(a.read((view) => view.balance.get('ann') + 1).value).toBe(1);
  });

  test('what only reads cannot write', () => {
    const subject = make();
    const a = subject.type.open({ clientId: 1 });
    let kept: R | undefined;
    updateOf(a, 1, (roots) => {
      kept = roots;
    });
    const codeInRead = (act: () => void): unknown => codeOf(() => a.read(act));
    expect(codeInRead(() => kept?.balance.add('ann', 1))).toBe('write-in-read');
    expect(codeInRead(() => updateOf(a, 2, () => {}))).toBe('write-in-read');
    expect(codeInRead(() => subject.editNote(a.facet, 'no'))).toBe('write-in-read');
    expect(a.read((view) => view.balance.get('ann')).value).toBe(0);
  });

  test('what a view hands out cannot be changed', () => {
    const a = make().type.open({ clientId: 1 });
    updateOf(a, 1, (roots) => roots.slots.claim(['x'], { who: 'ann' }));
    const value = a.view.slots.at('x')?.value;
    expect(value && Reflect.set(value, 'who', 'bob')).toBe(false);
    expect(a.view.slots.at('x')?.value).toEqual({ who: 'ann' });
  });
}

function saveContract<F, R extends ContractRoots>(make: () => DocumentSubject<F, R>): void {
  test('initial content is the same everywhere, to the byte', () => {
    const { type } = make();
    expect(type.open({ clientId: 1 }).save()).toEqual(type.open({ clientId: 2 }).save());
    expect(type.open({ clientId: 1 }).view.balance.get('initial')).toBe(100);
  });

  test('what was saved is loaded, and behaves alike afterwards', () => {
    fc.assert(
      fc.property(steps, steps, (before, after) => {
        const history = new DocumentHistory(make());
        for (const step of before) history.take(step);
        for (const at of [0, 1, 2]) history.take({ step: 'reload', at });
        for (const step of after) history.take(step);
        history.check();
      }),
      { numRuns: 40 },
    );
  });

  test('a state that is none is not loaded', () => {
    const subject = make();
    const a = subject.type.open({ clientId: 1 });
    updateOf(a, 1, (roots) => subject.writeNote(roots, 'hello'));
    const state = a.save();
    const b = subject.type.open({ clientId: 2 });
    const before = b.content();
    for (let end = 0; end < state.length; end++) {
      expect(b.load(state.subarray(0, end))).toBe(false);
    }
    expect(b.load(new Uint8Array([...state, 0]))).toBe(false);
    expect(b.content()).toEqual(before);
    expect(b.load(state)).toBe(true);
    expect(b.content()).toEqual(a.content());
  });

  test('a fork goes its own way, under its own client id', () => {
    const subject = make();
    const a = subject.type.open({ clientId: 1 });
    updateOf(a, 1, (roots) => roots.balance.add('ann', 5));
    const before = a.content();
    const fork = a.fork(2);
    expect(fork.clientId).toBe(2);
    expect(fork.content()).toEqual(before);
    const update = updateOf(fork, 2, (roots) => {
      roots.balance.add('ann', 1);
      subject.writeNote(roots, 'fork');
    });
    expect(a.content()).toEqual(before);
    a.apply({ update, operation: operationId(2), position: 1 });
    expect(a.content()).toEqual(fork.content());
  });

  test('client ids that are taken or unusable are refused', () => {
    const { type } = make();
    expect(codeOf(() => type.open({ clientId: 0 }))).toBe('bad-client-id');
    expect(codeOf(() => type.open({ clientId: 1.5 }))).toBe('bad-client-id');
    const a = type.open({ clientId: 2 ** 53 - 1 });
    const clone = type.open({ clientId: 2 ** 53 - 1 });
    const update = updateOf(a, 1, (roots) => roots.balance.add('ann', 1));
    expect(clone.apply({ update, operation: operationId(1) })).toEqual({
      type: 'refused',
      reason: 'client-id-in-use',
    });
  });
}

function sorted(touched: readonly { root: string; key: string | undefined }[]): unknown {
  return [...touched].sort((a, b) => (a.root < b.root ? -1 : 1));
}
