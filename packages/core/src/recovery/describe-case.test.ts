// An account of a case says all that its facts say, in sentences.
import { expect, test } from 'vitest';
import { caseStates } from '../app/case-state.ts';
import type { CaseRecord } from '../coordination/case-fold.ts';
import type { OperationSummary } from '../coordination/operation-summary.ts';
import type { CaseId, OperationId, ReplicaId, ViolationId } from '../identity.ts';
import { describeCase } from './describe-case.ts';

const here = 'here' as ReplicaId;
const id = 'k:1' as CaseId;

function act(name: string, replica: string): OperationSummary {
  return {
    ...{ id: `${name}-${replica}` as OperationId, name, args: null, replica: replica as ReplicaId },
    ...{ user: replica, mode: 'partitioned', wallMs: 0, position: 1, externalised: true },
  };
}

const mine = act('withdraw', 'here');
const theirs = act('withdraw', 'there');
const found: CaseRecord = {
  ...{ id, invariant: 'nonNegative', key: 'ann', deficit: 60, state: 'escalated' },
  violations: [
    {
      ...{ fact: 'violation', id: 'v:1' as ViolationId, case: id, invariant: 'nonNegative' },
      ...{ key: 'ann', from: 0, to: 60, fault: 'concurrent', position: 2 },
      ...{ trigger: mine, participants: [theirs, mine] },
    },
  ],
  affected: [act('deposit', 'there')],
  question: {
    ...{ round: 1, cause: 'asked', question: 'Who pays?', resolvers: ['agent'], evidence: [] },
    choices: [{ label: 'the bank', operation: 'owe', args: null }],
  },
};

test('the account of a case says what happened, whose acts are concerned, what was done, what is left', () => {
  expect(describeCase(found, here).text.split('\n')).toEqual([
    '“nonNegative” of “ann” is broken by 60, since “withdraw” by here.',
    'It could not know of “withdraw” by there.',
    'Your act: “withdraw” by here made it worse.',
    'No rule decides this: people are asked.',
    '1 later act stays as made.',
    'Who pays?',
    'The choices: “the bank”.',
    'Who may decide: agent.',
  ]);
});

test('where mending would break another rule, it says which, and what there is to do', () => {
  const breaks = [
    { invariant: 'potFilled', key: 'red', from: 0, to: 5 },
    { invariant: 'odd', key: 'x', from: 0 },
  ];
  const said = { round: 1, question: '', choices: [], evidence: [] };
  const question = { ...said, cause: 'breaks', breaks } as const;
  const { done, left } = describeCase({ ...found, affected: [], question }, here);
  expect(done).toEqual(['Its compensation would break another rule: people are asked.']);
  expect(left).toEqual([
    'Its compensation would leave “potFilled” of “red” broken by 5.',
    'Its compensation would leave “odd” of “x” broken.',
    'Mend it by acts that leave the others whole, or waive it.',
  ]);
  const healed = describeCase({ ...found, deficit: 0, question }, here);
  expect(healed.left.at(-1)).toMatch(/^Make good what it cost by acts/);
});

test('who takes part without making it worse is told so, and who does not is told nothing of own acts', () => {
  const parts = (replica: string) =>
    describeCase(found, replica as ReplicaId).own.map(({ part }) => part);
  expect([parts('there'), parts('elsewhere')]).toEqual([['participant', 'affected'], []]);
});

test('an application speaks in its own words', () => {
  const { text } = describeCase(found, here, {
    rule: (_, key) => `The account of ${key}`,
    act: ({ replica }) => `a withdrawal at ${replica}`,
    deficit: (deficit) => `(${deficit} euros too little)`,
  });
  expect(text).toContain(
    'The account of ann is broken (60 euros too little), since a withdrawal at here.',
  );
});

test('what was decided is told with who decided it', () => {
  const resolution = {
    ...{ round: 1, label: 'the bank', by: 'dora' },
    ...{ operation: 'c:k:1:resolve:1' as OperationId, request: 'r' as OperationId },
  };
  const { done } = describeCase({ ...found, state: 'resolved', resolutions: [resolution] }, here);
  expect(done.slice(0, 2)).toEqual(['dora decided: the bank.', 'That mended it.']);
  const waiver = { by: 'emil', reason: 'too small', request: 'r' as OperationId };
  const waived = describeCase({ ...found, state: 'waived', waiver }, here);
  expect(waived.done[0]).toBe('emil let it stand: too small.');
  expect(waived.left).toEqual(['It stays broken by 60.']);
});

test('a case that is over leaves nothing to do, and one that is not says what comes', () => {
  const left = (state: CaseRecord['state']) =>
    describeCase({ ...found, state, deficit: 0 }, here).left;
  const over = caseStates.filter((state) => left(state).length === 0);
  expect(over).toEqual(['compensated', 'healed', 'waived', 'resolved', 'superseded']);
});
