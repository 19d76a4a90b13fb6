// A policy table as data: every cell of every kind says what it means and why.
import { expect, test } from 'vitest';
import type { AnyPolicyCell, AppDefinition } from './app-definition.ts';
import { describePolicy } from './describe-table.ts';
import { delay, escrow, every, home, limit, prohibit, risk, safe } from './policy-table.ts';

const args: AppDefinition['operations'][string]['args'] = {
  '~standard': { version: 1, vendor: 'none', validate: (value) => ({ value }) },
};
const run = (): void => undefined;
const subjects = (): readonly string[] => ['k'];
const holds = (): boolean => true;

type Row = AppDefinition['policy'][string];
interface Given {
  readonly operations?: AppDefinition['operations'];
  readonly invariants?: readonly string[];
  readonly mended?: readonly string[];
}

/** An app of this table; its operations are about one subject each. */
function appOf(policy: Readonly<Record<string, Row>>, o: Given = {}): AppDefinition {
  const names = Object.keys(policy);
  const { invariants = ['low'], mended = ['low'] } = o;
  return {
    name: 'shop',
    version: 3,
    document: { library: 'none', open: () => expect.unreachable('no document is needed') },
    effects: {},
    operations:
      o.operations ?? Object.fromEntries(names.map((name) => [name, { args, run, subjects }])),
    sagas: {},
    invariants: Object.fromEntries(invariants.map((name) => [name, { holds }])),
    compensations: Object.fromEntries(mended.map((name) => [name, { restore: run }])),
    policy,
  };
}

/** The one cell of an app with one operation and one invariant. */
function cellOf(cell: AnyPolicyCell, o: Given & { readonly replicas?: number } = {}) {
  return describePolicy(appOf({ act: { low: cell } }, o), o).rows[0]?.cells[0];
}

/** Describing asks nothing of the document. */
const rights = escrow({ from: () => expect.unreachable('asked'), of: () => 1 });

test('the table of S16 is 12 cells, each once, in the order of its declaration', () => {
  const sell = { inStock: risk(), bounded: safe(), even: safe() };
  const buy = { inStock: safe(), bounded: prohibit(), even: safe() };
  const invariants = ['inStock', 'bounded', 'even'];
  const app = appOf(
    { order: sell, cancel: buy, restock: buy, scrap: sell },
    { invariants, mended: ['inStock'] },
  );
  const policy = describePolicy(app);
  expect(policy).toMatchObject({ app: 'shop', version: 3, invariants });
  const cells = policy.rows.flatMap((row) => row.cells);
  const names = cells.map((cell) => `${cell.operation} ${cell.invariant} ${cell.kind}`);
  expect(names).toEqual([
    ...['order inStock risk', 'order bounded safe', 'order even safe'],
    ...['cancel inStock safe', 'cancel bounded prohibit', 'cancel even safe'],
    ...['restock inStock safe', 'restock bounded prohibit', 'restock even safe'],
    ...['scrap inStock risk', 'scrap bounded safe', 'scrap even safe'],
  ]);
});

test("`'*'` and a whole row are written out; a cell of its own goes before `'*'`", () => {
  const invariants = ['low', 'high'];
  const app = appOf({ a: { '*': safe(), high: prohibit() }, b: every(risk()) }, { invariants });
  const kinds = describePolicy(app).rows.map((row) => row.cells.map(({ kind }) => kind));
  expect(kinds).toEqual([
    ['safe', 'prohibit'],
    ['risk', 'risk'],
  ]);
});

test('safe proceeds; with credits it says that it gives headroom back', () => {
  expect(cellOf(safe())).toMatchObject({
    cutOff: 'proceeds',
    why: 'it is declared unable to break low',
  });
  expect(cellOf(safe({ credits: () => 1 }))?.cutOff).toContain('gives headroom back');
});

test('risk names the compensation that mends it, or says that there is none', () => {
  expect(cellOf(risk())).toMatchObject({
    cutOff: 'proceeds as tentative; mended by compensations.low',
    hasCompensation: true,
  });
  expect(cellOf(risk(), { mended: [] })).toMatchObject({
    cutOff: 'proceeds as tentative; nothing mends it: compensations.low is missing',
    hasCompensation: false,
  });
});

test('prohibit is refused, and says why: nothing would mend it, or refusing was chosen', () => {
  expect(cellOf(prohibit(), { mended: [] })).toMatchObject({
    cutOff: 'refused before anything is written',
    why: 'it may break low, and nothing is declared that would mend it',
  });
  expect(cellOf(prohibit())?.why).toContain('although a compensation exists');
});

test('limit states the exposure: replicas × max', () => {
  const cell = limit({ of: () => 1, max: 200 });
  expect(cellOf(cell, { replicas: 3 })).toMatchObject({
    cutOff:
      'at most 200 net per key and device; 3 devices may use 600; more is refused; ' +
      'mended by compensations.low',
    exposure: { per: 'key', perReplica: 200, total: 600 },
  });
  expect(cellOf(cell)?.cutOff).toContain('n devices may use n × 200');
  expect(cellOf(cell)?.exposure).toEqual({ per: 'key', perReplica: 200 });
  expect(cellOf(cell, { replicas: 1 })?.cutOff).toContain('1 device may use 200');
});

test('a limit of an operation that names no key counts all of a device together', () => {
  const operations = { act: { args, run } };
  const cell = limit({ of: () => 1, max: 9 });
  expect(cellOf(cell, { operations })).toMatchObject({
    exposure: { per: 'device' },
    cutOff: expect.stringContaining('at most 9 net per device, whatever the key'),
  });
  const keyed = limit({ of: () => 1, per: () => 'k', max: 9 });
  expect(cellOf(keyed, { operations })).toMatchObject({ exposure: { per: 'key' } });
});

test('escrow, delay, and home with its second cell', () => {
  expect(cellOf(rights)?.cutOff).toContain('rights that this device holds (kept at hand: 10)');
  expect(cellOf(delay())?.cutOff).toContain('kept as an intent');
  const alone = home(() => 'k', { otherwise: prohibit() });
  expect(cellOf(alone)).toMatchObject({
    kind: 'home',
    cutOff:
      "proceeds where this device is the key's home; elsewhere: refused before anything is written; " +
      'a silent home keeps the key for 60 s once asked for it',
    why: expect.stringContaining('one home alone decides'),
    otherwise: { kind: 'prohibit', operation: 'act', invariant: 'low' },
  });
  const shared = home(() => 'k', { share: 'shared', leaseMs: 5_000, otherwise: risk() });
  expect(cellOf(shared)).toMatchObject({
    cutOff: expect.stringMatching(/elsewhere: proceeds as tentative; mended by .* for 5 s/),
    why: expect.stringContaining('share a home'),
  });
});

test('a function cell is decided per call, and is not called to describe it', () => {
  const cell = cellOf(() => expect.unreachable('called'));
  expect(cell).toMatchObject({ kind: 'decided per call', connected: 'decided per call' });
  expect(cell?.cutOff).toBe('depends on the arguments, the known view, the mode and the user');
});

test('while connected: here, unless a cell asks the primary; its own `connected` wins', () => {
  const invariants = ['low', 'high'];
  const connectedOf = (low: AnyPolicyCell, high: AnyPolicyCell) => {
    const row = describePolicy(appOf({ act: { low, high } }, { invariants })).rows[0];
    return [row?.connected, row?.askedBy, [...new Set(row?.cells.map((cell) => cell.connected))]];
  };
  const here = ['here', [], ['here']];
  const asks = (...by: readonly string[]) => ['asks the primary', by, ['asks the primary']];
  expect(connectedOf(safe(), risk())).toEqual(here);
  expect(connectedOf(safe(), rights)).toEqual(here);
  expect(connectedOf(safe(), prohibit())).toEqual(asks('high'));
  expect(connectedOf(limit({ of: () => 1, max: 1 }), safe())).toEqual(asks('low'));
  for (const cell of [delay(), home(() => 'k', { otherwise: safe() })]) {
    expect(connectedOf(cell, prohibit())).toEqual(asks('low', 'high'));
  }
  expect(connectedOf(safe(), prohibit({ connected: 'local' }))).toEqual(here);
  expect(connectedOf(risk({ connected: 'primary' }), safe())).toEqual(asks('low'));
  const perCall = () => safe();
  expect(connectedOf(perCall, prohibit())).toEqual(asks('high'));
  const decided = 'decided per call';
  expect(connectedOf(perCall, safe())).toEqual([decided, [], [decided]]);
});

test('bound and whenStale are there where they are declared', () => {
  const bound = { withinMs: 2_000, onTimeout: 'proceed' } as const;
  const operations = {
    act: { args, run, bound, whenStale: 'keep' },
    plain: { args, run },
  } as const;
  const app = appOf({ act: { low: safe() }, plain: { low: safe() } }, { operations });
  const [act, plain] = describePolicy(app).rows;
  expect(act).toMatchObject({ bound, whenStale: 'keep' });
  expect(plain).not.toHaveProperty('bound');
  expect(plain).not.toHaveProperty('whenStale');
});

test('what is described crosses processes and becomes JSON as it is', () => {
  const app = appOf({ act: { low: limit({ of: () => 1, max: 2 }) } });
  const policy = describePolicy(app, { replicas: 2 });
  expect(structuredClone(policy)).toEqual(policy);
  expect(JSON.parse(JSON.stringify(policy))).toEqual(policy);
});

test('names that every object has are no cells and no compensations', () => {
  const app = appOf({ act: { '*': risk() } }, { invariants: ['constructor'], mended: [] });
  expect(describePolicy(app).rows[0]?.cells).toMatchObject([
    { invariant: 'constructor', kind: 'risk', hasCompensation: false },
  ]);
});

test('what cannot be described is refused, naming it', () => {
  for (const replicas of [0, -1, 1.5, Number.NaN]) {
    expect(() => describePolicy(appOf({}), { replicas })).toThrow('bad-replicas');
  }
  expect(() => describePolicy(appOf({ act: {} }))).toThrow('policy.act.low: no cell');
  const misspelt = appOf({ act: { low: { kind: 'saef' } as never } });
  expect(() => describePolicy(misspelt)).toThrow('policy.act.low: there is no kind "saef"');
});
