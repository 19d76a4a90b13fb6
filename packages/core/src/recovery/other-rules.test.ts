// Which keys are worse after a compensation, and are these all that it could know of? The document is a plain
// list of numbers by root and key here, so that each look can be counted.
import { beforeEach, expect, test } from 'vitest';
import type { AppDefinition } from '../app/app-definition.ts';
import type { DocumentReplica, Touch } from '../app/document-type.ts';
import { brokenBeside } from './other-rules.ts';
import { noteReads, nothingRead, readersOf } from './rule-reads.ts';
import type { RuleKey } from './rules.ts';
import { judgeKey } from './rules.ts';

type Numbers = Readonly<Record<string, number>>;
interface Reader {
  get(root: string, key: string): number;
  keys(root: string): readonly string[];
}
type Deficit = (view: Reader, key: string) => number;

let looks: string[];
beforeEach(() => {
  looks = [];
});

/** By `root/key`. */
function documentOf(numbers: Numbers): DocumentReplica {
  const read = (from: (view: Reader) => unknown) => {
    const touched: Touch[] = [];
    const view: Reader = {
      get(root, key) {
        touched.push({ root, key });
        return numbers[`${root}/${key}`] ?? 0;
      },
      keys(root) {
        touched.push({ root, key: undefined });
        return Object.keys(numbers).flatMap((name) => name.split(`${root}/`)[1] ?? []);
      },
    };
    return { value: from(view), touched };
  };
  return { read } as unknown as DocumentReplica;
}

interface Run {
  readonly rules: Readonly<Record<string, Deficit>>;
  readonly judged: readonly RuleKey[];
  readonly before: Numbers;
  readonly after: Numbers;
  readonly guards?: ReadonlyMap<string, readonly string[]>;
}

/** What `mend of x` breaks, having written all that differs. */
function brokenBy({ rules, judged, before, after, guards = new Map() }: Run) {
  const invariants = Object.fromEntries(
    Object.entries(rules).map(([name, deficit]) => {
      const counted: Deficit = (view, key) => {
        looks.push(`${name} ${key}`);
        return deficit(view, key);
      };
      return [name, { deficit: counted, guardKeys: (view: Reader) => view.keys('guarded') }];
    }),
  );
  const definition = { invariants } as unknown as AppDefinition;
  const document = documentOf(before);
  const reads = nothingRead();
  for (const rule of judged)
    noteReads(reads, rule, judgeKey({ definition, document }, rule).touched);
  looks = [];
  const changed = Object.keys({ ...before, ...after }).filter((one) => before[one] !== after[one]);
  const touched = changed.map((one): Touch => {
    const [root = '', key] = one.split('/');
    return { root, key };
  });
  const state = { definition, document, reads, guardedRoots: guards };
  return brokenBeside(state, { rule: ['mend', 'x'], touched, after: documentOf(after) });
}

/** The pot of a team bears another name than the team. */
const atLeast0: Deficit = (view, key) => Math.max(0, -view.get('pots', `pot-${key}`));
const pot = (from: number, to: number) =>
  brokenBy({
    rules: { filled: atLeast0 },
    judged: [['filled', 'red']],
    before: { 'pots/pot-red': from },
    after: { 'pots/pot-red': to },
  });

test('a key that read what was written is worse: it is told, from what to what', () => {
  expect(pot(10, -5)).toEqual([{ invariant: 'filled', key: 'red', from: 0, to: 5 }]);
  expect(pot(-2, -5)).toEqual([{ invariant: 'filled', key: 'red', from: 2, to: 5 }]);
});

test('what stays whole, and what was broken before and is no worse, is not told', () => {
  expect(pot(10, 0)).toEqual([]);
  expect(pot(-5, -2)).toEqual([]);
  expect(pot(-5, -5)).toEqual([]);
});

test('its own key is not its matter, another one of its rule is', () => {
  const mend: Deficit = (view, key) => view.get('sums', key);
  const judged: readonly RuleKey[] = [
    ['mend', 'x'],
    ['mend', 'y'],
  ];
  const after = { 'sums/x': 3, 'sums/y': 4 };
  expect(brokenBy({ rules: { mend }, judged, before: {}, after })).toEqual([
    { invariant: 'mend', key: 'y', from: 0, to: 4 },
  ]);
});

test('only those are looked at that it may concern', () => {
  const judged = Array.from({ length: 1_000 }, (_, at): RuleKey => ['filled', `team-${at}`]);
  const rules = { filled: atLeast0 };
  const found = brokenBy({ rules, judged, before: {}, after: { 'pots/pot-team-7': -1 } });
  expect(found).toEqual([{ invariant: 'filled', key: 'team-7', from: 0, to: 1 }]);
  // The other one bears the name of what was written, and is not worse for it.
  expect(new Set(looks)).toEqual(new Set(['filled team-7', 'filled pot-team-7']));
});

test('a key that nobody has judged is looked at under the name of what was written', () => {
  const few: Deficit = (view, key) => Math.max(0, view.get('lost', key) - 2);
  expect(brokenBy({ rules: { few }, judged: [], before: {}, after: { 'lost/ann': 5 } })).toEqual([
    { invariant: 'few', key: 'ann', from: 0, to: 3 },
  ]);
});

test('of those that read a whole root a few are looked at, by name: more is not known', () => {
  const scan: Deficit = (view, key) =>
    view.keys('items').filter((one) => one.startsWith(key)).length;
  const judged = Array.from({ length: 40 }, (_, at): RuleKey => ['scan', `k${at + 10}`]);
  const rules = { scan };
  const found = brokenBy({
    rules,
    judged,
    before: {},
    after: { 'items/k11-a': 1, 'items/k48-a': 1 },
  });
  expect(found).toEqual([{ invariant: 'scan', key: 'k11', from: 0, to: 1 }]);
  // The two of the name of what was written mean nothing to the rule: it reads no such key.
  expect(looks.length).toBe(2 * 16 + 2);
});

test('the keys of a guarded root are looked at, those too that came with the compensation', () => {
  const priced: Deficit = (view, key) => Math.max(0, -view.get('guarded', `price-${key}`));
  const ask = (after: Numbers) =>
    brokenBy({
      ...{ rules: { priced }, judged: [], before: { 'guarded/tea': 1 }, after },
      guards: new Map([['guarded', ['priced']]]),
    });
  const tea = ask({ 'guarded/tea': 1, 'guarded/price-tea': -3 });
  expect(tea).toEqual([{ invariant: 'priced', key: 'tea', from: 0, to: 3 }]);
  const mug = ask({ 'guarded/tea': 1, 'guarded/mug': 1, 'guarded/price-mug': -3 });
  expect(mug).toEqual([{ invariant: 'priced', key: 'mug', from: 0, to: 3 }]);
});

test('where a rule throws only afterwards it is told, and not how bad it is; before, nobody can say', () => {
  const odd: Deficit = (view, key) => {
    if (view.get('sums', key) === 13) throw new Error('unlucky');
    return 0;
  };
  const judged: readonly RuleKey[] = [['odd', 'y']];
  const from = (before: number, after: number) =>
    brokenBy({ rules: { odd }, judged, before: { 'sums/y': before }, after: { 'sums/y': after } });
  expect(from(1, 13)).toEqual([{ invariant: 'odd', key: 'y', from: 0 }]);
  looks = [];
  const thrown = brokenBy({
    rules: { odd },
    judged: [],
    before: { 'sums/y': 13 },
    after: { 'sums/y': 1 },
  });
  expect(thrown).toEqual([]);
});

test('what a rule looked at earlier and not any more does not concern it', () => {
  const reads = nothingRead();
  const rule: RuleKey = ['filled', 'red'];
  noteReads(reads, rule, [{ root: 'pots', key: 'a' }]);
  noteReads(reads, rule, [{ root: 'pots', key: 'b' }]);
  expect(readersOf(reads, { root: 'pots', key: 'a' })).toEqual([]);
  expect(readersOf(reads, { root: 'pots', key: 'b' })).toEqual([rule]);
});

test('several readers of one place are told by name, and each for as long as it reads it', () => {
  const reads = nothingRead();
  const place = { root: 'pots', key: 'a' };
  for (const key of ['c', 'b', 'a']) noteReads(reads, ['filled', key], [place]);
  const told = (): readonly string[] => readersOf(reads, place).map(([, key]) => key);
  expect(told()).toEqual(['a', 'b', 'c']);
  for (const key of ['b', 'a', 'c']) noteReads(reads, ['filled', key], []);
  expect(told()).toEqual([]);
});

test('what reads very much is taken to read all of it', () => {
  const reads = nothingRead();
  const touched = Array.from({ length: 65 }, (_, at): Touch => ({ root: 'items', key: `k${at}` }));
  noteReads(reads, ['noOverlap', 'room'], touched);
  expect(readersOf(reads, { root: 'items', key: undefined })).toEqual([['noOverlap', 'room']]);
  expect(readersOf(reads, { root: 'items', key: 'k1' })).toEqual([]);
});
