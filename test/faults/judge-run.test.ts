// Does the judge of torture runs see what it is there for? Honest evidence passes; each way in which a
// relay could break its word is named.
import { expect, test } from 'vitest';
import { judgeRun, type RunEvidence } from '../../scripts/torture/judge-run.ts';
import type { BookedOperation } from '../../scripts/torture/operation-book.ts';

type Entry = RunEvidence['log']['entries'][number];

const booked = (id: string, more: Partial<BookedOperation> = {}): BookedOperation => ({
  id,
  client: 'client-1',
  document: 'one',
  name: 'withdraw',
  account: 'ann',
  cents: 80_00,
  isSaved: true,
  committed: undefined,
  outcome: 'confirmed',
  ...more,
});

const withdrawal = (position: number, id: string, outcome = 'confirmed'): Entry => ({
  position,
  writer: 'w',
  seq: position,
  kind: 'operation',
  operation: { id, name: 'withdraw', args: { account: 'ann', cents: 80_00 } },
  outcome,
});

/** Two withdrawals overdraw the account; the second one is compensated. */
const honest: RunEvidence = {
  log: {
    document: 'one',
    epoch: 1,
    position: 3,
    entries: [
      withdrawal(1, 'a'),
      withdrawal(2, 'b', 'compensated (k)'),
      {
        position: 3,
        writer: 'p',
        seq: 1,
        kind: 'result',
        operation: { id: 'c:1', name: 'compensate.covered', args: { case: 'k', key: 'ann' } },
      },
    ],
    cases: [{ id: 'k', state: 'compensated' }],
    vector: { w: 2, p: 1 },
  },
  operations: [
    booked('a', { committed: '1.1' }),
    booked('b', { committed: '1.2', outcome: 'compensated' }),
    booked('r', { isSaved: false, outcome: 'refused' }),
  ],
  replicas: [
    {
      client: 'client-1',
      pending: 0,
      balance: { ann: -85_00 },
      owed: { ann: 85_00 },
      vector: { w: 2, p: 1 },
      content: 'x',
    },
  ],
  actsByKey: new Map([
    ['a:0', 1],
    ['b:0', 1],
  ]),
};

const [first, second, third] = honest.log.entries;
if (!first || !second || !third) throw new Error('the sample has three entries');
const [replica] = honest.replicas;
if (!replica) throw new Error('the sample has a replica');

const withLog = (log: Partial<RunEvidence['log']>): RunEvidence => ({
  ...honest,
  log: { ...honest.log, ...log },
});
const withOperation = (at: number, more: Partial<BookedOperation>): RunEvidence => ({
  ...honest,
  operations: honest.operations.map((one, index) => (index === at ? { ...one, ...more } : one)),
});
const withReplica = (more: Partial<typeof replica>): RunEvidence => ({
  ...honest,
  replicas: [replica, { ...replica, client: 'client-2', ...more }],
});

test('honest evidence has nothing against it', () => {
  expect(judgeRun(honest)).toEqual([]);
});

const broken: Readonly<Record<string, readonly [RunEvidence, RegExp]>> = {
  'an acknowledged operation is lost': [
    withLog({ entries: [first, third], position: 2 }),
    /lost: b .*committed: 1\.2/,
  ],
  'a saved operation is lost': [
    { ...honest, operations: [...honest.operations, booked('d')] },
    /lost: d .*saved: true/,
  ],
  'an operation is there twice': [
    withLog({ entries: [first, second, third, withdrawal(4, 'a')] }),
    /duplicated: a .* 1\.1 and 1\.4/,
  ],
  'a position is another than told': [
    withOperation(0, { committed: '1.2' }),
    /moved: a .* in the log at 1\.1/,
  ],
  'an acknowledgement never came': [
    withOperation(0, { committed: undefined }),
    /never acknowledged: a/,
  ],
  'an outcome is another than told': [
    withOperation(1, { outcome: 'confirmed' }),
    /b .*: told confirmed, log compensated/,
  ],
  'a refused operation was committed': [
    withOperation(0, { isSaved: false, committed: undefined }),
    /was refused and is in the log/,
  ],
  'an operation comes from nowhere': [
    { ...honest, operations: honest.operations.slice(1) },
    /nobody knows operation a/,
  ],
  'a position is missing': [
    withLog({ entries: [first, { ...second, position: 3 }, { ...third, position: 4 }] }),
    /entry 2 is at position 3/,
  ],
  'a sequence number is missing': [
    withLog({ entries: [first, { ...second, seq: 3 }, third] }),
    /w 3 at 2 instead of 2/,
  ],
  'a case is open': [withLog({ cases: [{ id: 'k', state: 'open' }] }), /case k is still open/],
  'a case was compensated twice': [
    withLog({ entries: [first, second, third, { ...third, position: 4, seq: 2 }] }),
    /case k was compensated 2 times/,
  ],
  'an act was done twice': [
    { ...honest, actsByKey: new Map([['a:0', 2]]) },
    /the act of a was done 2 times/,
  ],
  'an act was done for nothing': [
    { ...honest, actsByKey: new Map([['r:0', 1]]) },
    /the act of r was done, and it was never saved/,
  ],
  'money is missing': [
    withReplica({ balance: { ann: -84_99 } }),
    /balance at client-2: ann is -8499, the log says -8500/,
  ],
  'a client still waits': [withReplica({ pending: 1 }), /client-2 has 1 pending/],
  'a client has not seen everything': [withReplica({ vector: { w: 1, p: 1 } }), /w is 1/],
  'two clients hold different documents': [
    withReplica({ content: 'y' }),
    /client-2 holds another document/,
  ],
};

test.for(Object.keys(broken))('it is told when %s', (name) => {
  const [evidence, expected] = broken[name] ?? [honest, /./];
  expect(judgeRun(evidence).join('\n')).toMatch(expected);
});
