// Random histories of three replicas and a log: each step is checked against the naive twin, and in
// the end all replicas must show the same.
import type { DocumentReplica, OperationId, Ran, RegisterView, Verdict } from '@causeway/core';
import fc from 'fast-check';
import { expect } from 'vitest';
import type { Act, Known } from './document-oracle.ts';
import { ReplicaOracle } from './document-oracle.ts';
import type { ContractRoots, DocumentSubject } from './document-subject.ts';
import { operationId } from './document-subject.ts';

export type Step =
  | { readonly step: 'run'; readonly at: number; readonly acts: readonly Act[]; note: boolean }
  | { readonly step: 'throw'; readonly at: number; readonly acts: readonly Act[] }
  | { readonly step: 'edit'; readonly at: number }
  | { readonly step: 'commit'; readonly at: number }
  | { readonly step: 'pull'; readonly at: number; readonly count: number }
  | { readonly step: 'judge'; readonly nth: number; readonly verdict: 'ok' | 'void' }
  | { readonly step: 'settle'; readonly slot: string }
  | { readonly step: 'reload'; readonly at: number };

const keys = fc.constantFrom('ann', 'bob', '__proto__');
const slots = fc.constantFrom('red', 'green', 'blue');
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ act: fc.constant('add'), key: keys, by: fc.maxSafeInteger() }),
  fc.record({ act: fc.constant('put'), key: keys, value: fc.nat(99) }),
  fc.record({ act: fc.constant('delete'), key: keys }),
  fc.record({
    act: fc.constant('claim'),
    slots: fc.tuple(slots, slots).map(([a, b]) => [a, b] as const),
    who: keys,
  }),
  fc.record({ act: fc.constant('release'), nth: fc.nat(9) }),
  fc.record({ act: fc.constant('set'), key: keys, value: fc.nat(9) }),
) as fc.Arbitrary<Act>;
const at = fc.nat(2);
const acts = fc.array(act, { minLength: 1, maxLength: 4 });

/** Steps, drawn so that runs, commits and pulls make up most of a history. */
export const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ step: fc.constant('run'), at, acts, note: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ step: fc.constant('throw'), at, acts }) },
    { weight: 2, arbitrary: fc.record({ step: fc.constant('edit'), at }) },
    { weight: 4, arbitrary: fc.record({ step: fc.constant('commit'), at }) },
    { weight: 4, arbitrary: fc.record({ step: fc.constant('pull'), at, count: fc.nat(5) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        step: fc.constant('judge'),
        nth: fc.nat(50),
        verdict: fc.constantFrom('ok', 'void'),
      }),
    },
    { weight: 1, arbitrary: fc.record({ step: fc.constant('settle'), slot: slots }) },
    { weight: 1, arbitrary: fc.record({ step: fc.constant('reload'), at }) },
  ),
  { maxLength: 60 },
) as fc.Arbitrary<readonly Step[]>;

/** What the log holds: a change with what the oracle knows of it, or verdicts. */
export type LogItem =
  | { readonly item: 'change'; readonly update: Uint8Array; readonly known: Known | undefined }
  | { readonly item: 'verdicts'; readonly verdicts: readonly Verdict[] };
type Change = LogItem & { item: 'change' };

interface Place<F, N> {
  replica: DocumentReplica<F, ContractRoots<N>>;
  readonly oracle: ReplicaOracle;
  readonly pending: Change[];
  /** Own changes that were committed but not pulled yet, in order. */
  readonly sent: Set<Change>;
  edits: Uint8Array[];
  pulled: number;
}

/** Three replicas, the log, and what happens to them. */
export class DocumentHistory<F, N> {
  readonly log: LogItem[] = [];
  readonly places: readonly Place<F, N>[];
  private readonly subject: DocumentSubject<F, N>;
  private operations = 0;
  private clients = 10;

  constructor(subject: DocumentSubject<F, N>) {
    this.subject = subject;
    this.places = [0, 1, 2].map(() => {
      const place: Place<F, N> = {
        replica: subject.type.open({ clientId: this.clients++ }),
        oracle: new ReplicaOracle(),
        pending: [],
        sent: new Set(),
        edits: [],
        pulled: 0,
      };
      this.listen(place);
      return place;
    });
  }

  take(step: Step): void {
    switch (step.step) {
      case 'run':
        return this.run(this.place(step.at), step.acts, step.note);
      case 'throw':
        return this.runAndThrow(this.place(step.at), step.acts);
      case 'edit':
        return this.edit(this.place(step.at));
      case 'commit':
        return this.commit(this.place(step.at));
      case 'pull':
        return this.pull(this.place(step.at), step.count);
      case 'judge':
        return this.judge(step.nth, step.verdict);
      case 'settle':
        return this.settle(step.slot);
      case 'reload':
        return this.reload(this.place(step.at));
    }
  }

  /** Everything committed and pulled everywhere. */
  finish(): void {
    for (const place of this.places) while (place.pending.length > 0) this.commit(place);
    for (const place of this.places) this.pull(place, this.log.length);
  }

  check(): void {
    for (const { replica, oracle } of this.places) checkAgainstOracle(replica, oracle);
  }

  private place(index: number): Place<F, N> {
    const place = this.places[index];
    if (!place) throw new Error(`no replica ${index}`);
    return place;
  }

  private listen(place: Place<F, N>): void {
    place.replica.onEdit((update) => place.edits.push(update));
  }

  private run(place: Place<F, N>, acts: readonly Act[], note: boolean): void {
    const operation = operationId(++this.operations);
    const ran = this.attempt(place, operation, (roots) => {
      perform(roots, acts, place.oracle, operation);
      if (note) this.subject.writeNote(roots, `${this.operations} `);
    });
    if (ran.type !== 'ran') throw ran.error;
    const done = place.oracle.known.find((one) => one.operation === operation);
    place.pending.push({ item: 'change', update: ran.update, known: done });
  }

  private runAndThrow(place: Place<F, N>, acts: readonly Act[]): void {
    const before = place.replica.content();
    const operation = operationId(++this.operations);
    const ran = this.attempt(place, operation, (roots) => {
      perform(roots, acts, place.oracle, operation);
      this.subject.writeNote(roots, 'never');
      throw new Error('changed my mind');
    });
    const done = place.oracle.known.find((one) => one.operation === operation);
    if (done) place.oracle.forget(done);
    expect(ran).toMatchObject({ type: 'threw', error: new Error('changed my mind') });
    expect(place.replica.content()).toEqual(before);
    if (ran.update.length > 0) {
      place.pending.push({ item: 'change', update: ran.update, known: undefined });
    }
  }

  private attempt(
    place: Place<F, N>,
    operation: OperationId,
    write: (roots: ContractRoots<N>) => void,
  ): Ran {
    return place.replica.run({ operation }, write);
  }

  private edit(place: Place<F, N>): void {
    this.subject.editNote(place.replica.facet, `e${this.operations} `);
    for (const update of place.edits.splice(0)) {
      place.pending.push({ item: 'change', update, known: undefined });
    }
  }

  private commit(place: Place<F, N>): void {
    const change = place.pending.shift();
    if (!change) return;
    // A change depends on all that its author had pulled, which is in the log already.
    this.log.push(change);
    place.sent.add(change);
  }

  private pull(place: Place<F, N>, count: number): void {
    const end = Math.min(this.log.length, place.pulled + count);
    for (; place.pulled < end; place.pulled++) {
      const item = this.log[place.pulled];
      if (item) receive(place, item, place.pulled + 1);
    }
    expect(place.edits).toEqual([]);
  }

  private judge(nth: number, verdict: 'ok' | 'void'): void {
    const committed = this.log.flatMap((item) =>
      item.item === 'change' && item.known ? [item.known.operation] : [],
    );
    const operation = committed[nth % Math.max(1, committed.length)];
    if (operation) this.log.push({ item: 'verdicts', verdicts: [{ operation, verdict }] });
  }

  /** The first replica stands in for the primary: it settles when it has nothing of its own. */
  private settle(slot: string): void {
    const place = this.place(0);
    if (place.pending.length > 0) return;
    this.pull(place, this.log.length);
    const ran = place.replica.run({ operation: operationId(++this.operations) }, (roots) => {
      roots.slots.settle(slot);
    });
    if (ran.type !== 'ran') throw ran.error;
    place.oracle.verdicts.push(...ran.verdicts);
    if (ran.verdicts.length > 0) this.log.push({ item: 'verdicts', verdicts: ran.verdicts });
    const slots = place.oracle.claims().map((claim) => claim.slot);
    expect(slots.filter((held) => held === slot).length).toBeLessThanOrEqual(1);
  }

  private reload(place: Place<F, N>): void {
    const before = place.replica.content();
    const state = place.replica.save();
    place.replica.close();
    place.replica = this.subject.type.open({ clientId: this.clients++ });
    expect(place.replica.load(state)).toBe(true);
    expect(place.replica.content()).toEqual(before);
    this.listen(place);
  }
}

/** Delivers one item of the log, as an engine would: what it wrote itself is placed only. */
function receive<F, N>(place: Place<F, N>, item: LogItem, position: number): void {
  if (item.item === 'verdicts') {
    place.oracle.verdicts.push(...item.verdicts);
    place.replica.judge(item.verdicts);
    return;
  }
  const { update, known } = item;
  if (known) place.oracle.learn(known, position);
  if (place.sent.delete(item)) {
    if (known) place.replica.place(known.operation, position);
    return;
  }
  const operation = known && { operation: known.operation };
  const applied = place.replica.apply({ update, position, ...operation });
  expect(applied).toMatchObject({ type: 'applied', forged: [] });
}

/** Does to the roots what the oracle resolves, act by act, so that each sees those before it. */
function perform(
  roots: ContractRoots<unknown>,
  acts: readonly Act[],
  oracle: ReplicaOracle,
  operation: OperationId,
): void {
  let known: Known | undefined;
  for (const [index, act] of acts.entries()) {
    if (act.act === 'add') roots.balance.add(act.key, act.by);
    if (act.act === 'add') roots.stock.add(act.key, act.by);
    if (act.act === 'put') roots.tags.put(act.key, act.value);
    if (act.act === 'delete') roots.tags.delete(act.key);
    if (act.act === 'set') roots.field.set(act.key, act.value);
    if (act.act === 'claim') roots.slots.claim(act.slots, { who: act.who });
    if (act.act === 'release') roots.slots.release(oracle.nthClaim(act.nth) ?? 'none');
    if (known) oracle.forget(known);
    known = oracle.run(operation, acts.slice(0, index + 1));
  }
}

/** Every reader of the view says what a recount of all facts says. */
export function checkAgainstOracle<N>(
  replica: DocumentReplica<unknown, ContractRoots<N>>,
  oracle: ReplicaOracle,
): void {
  const { view } = replica;
  const sums = oracle.sums();
  expect(new Set(view.balance.keys())).toEqual(new Set(sums.keys()));
  // Each add goes to both counters; only the first has initial content.
  const added = [...sums.keys()].filter((key) => key !== 'initial');
  expect(new Set(view.stock.keys())).toEqual(new Set(added));
  for (const key of ['ann', 'bob', '__proto__', 'nobody']) {
    expect(view.balance.get(key)).toBe(Number(sums.get(key) ?? 0));
    expect(view.stock.get(key)).toBe(Number(sums.get(key) ?? 0));
    const tags = oracle.tags(key);
    expect(view.tags.get(key)).toBe(tags.at(-1)?.value);
    expect(view.tags.has(key)).toBe(tags.length > 0);
  }
  checkField(view.field, oracle);
  const claims = oracle.claims();
  for (const claim of claims) {
    const shown = view.slots.get(claim.id);
    expect({ ...shown, value: undefined }).toEqual({ ...claim, who: undefined, value: undefined });
    expect(shown?.value.who).toBe(claim.who);
  }
  const ids = [...view.slots.all()].map(({ id }) => id).sort();
  expect(ids).toEqual(claims.map(({ id }) => id).sort());
  for (const slot of ['red', 'green', 'blue', 'none']) {
    const holders = oracle.holders(slot);
    expect(view.slots.holders(slot).map(({ id }) => id)).toEqual(holders);
    expect(view.slots.at(slot)?.id).toBe(holders[0]);
  }
}

function checkField(field: RegisterView<number>, oracle: ReplicaOracle): void {
  const written: string[] = [];
  for (const key of ['ann', 'bob', '__proto__', 'nobody']) {
    const values = oracle.values(key);
    expect(field.get(key)).toBe(values[0]);
    expect(field.conflicts(key)).toEqual(values.length > 1 ? values : []);
    if (values.length > 0) written.push(key);
  }
  expect([...field.keys()].sort()).toEqual(written.sort());
}
