// Is every check of the oracle able to fail? Each mutation of a right log must be caught, by its check.
import type { Fact } from '@causeway/core';
import type { CheckName, HistoryVerdict, Workload } from '@causeway/testkit';
import { checkNames, judgeHistory, workloads } from '@causeway/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { answerMutations } from './answer-mutations.ts';
import { caseMutations } from './case-mutations.ts';
import {
  caseIdMutations,
  remarkMutations,
  verdictMutations,
  violationMutations,
} from './fact-mutations.ts';
import { intentMutations } from './intent-mutations.ts';
import { logMutations, type Mutation } from './log-mutations.ts';
import type { Log } from './mutate-log.ts';
import { addFact, headerOf, kindOf } from './mutate-log.ts';
import { outboxMutations } from './outbox-mutations.ts';
import { sagaMutations } from './saga-mutations.ts';
import { must } from './small-log.ts';
import { SmallWorld } from './small-world.ts';

const isSettled = true;
const stepsPerHistory = 120;

interface Judged {
  readonly workload: Workload;
  readonly log: Log;
}
const histories: Judged[] = [];
const caught = new Set<string>();

const namesOf = ({ problems }: HistoryVerdict): readonly string[] =>
  problems.map((problem) => problem.split(':')[0] ?? '');

beforeAll(() => {
  for (const workload of workloads.filter(({ model }) => model)) {
    for (let seed = 1; seed <= 12; seed++) {
      const log = new SmallWorld(workload, seed).run(stepsPerHistory).settle().history;
      const isRight = judgeHistory(workload, log, { isSettled }).problems.length === 0;
      if (isRight) histories.push({ workload, log });
    }
  }
  const workload = must(workloads.find(({ name }) => name === 'branch'));
  histories.push({ workload, log: overdraw(new SmallWorld(workload, 1)) });
  const travels = must(workloads.find(({ name }) => name === 'trips'));
  histories.push({ workload: travels, log: turnBack(new SmallWorld(travels, 1)) });
}, 120_000);

/** What hardly ever comes by chance: two counters cut off pay out what is there once, beside a bill. */
function overdraw(world: SmallWorld): Log {
  const run = (at: number, name: string, cents: number): void => {
    const [tab] = must(world.devices[at]).tabs;
    must(tab).act({ type: 'run', name, args: { account: 'bob', cents } });
  };
  run(2, 'bill', 1);
  world.flow();
  for (const device of world.devices) device.cut();
  run(0, 'withdraw', 4);
  run(1, 'withdraw', 3);
  return world.settle().history;
}

/** Nor does this: a saga is aborted after its first step, which somebody had used by then. */
function turnBack(world: SmallWorld): Log {
  const [tab, other] = [must(world.devices[0]?.tabs[0]), must(world.devices[1]?.tabs[0])];
  const [primary] = world.primaries;
  tab.act({ type: 'saga', name: 'tour', args: { who: 'ann', kinds: ['hotel', 'car', 'car'] } });
  const isBegun = (): boolean => world.history.some((entry) => kindOf(entry) === 'result');
  for (let turn = 0; turn < 20 && !isBegun(); turn++) {
    primary?.audit(100);
    primary?.deliver();
  }
  other.act({ type: 'run', name: 'supply', args: { kind: 'hotel', amount: 1 } });
  tab.pull(100);
  tab.act({ type: 'abort-saga', which: 0 });
  return world.settle().history;
}

function expectCaught({ caughtBy, mutate }: Mutation): void {
  let times = 0;
  for (const { workload, log } of histories) {
    const mutated = mutate(log);
    if (!mutated) continue;
    const names = namesOf(judgeHistory(workload, mutated, { isSettled }));
    expect(names).toContain(caughtBy);
    times += 1;
  }
  expect(times).toBeGreaterThan(0);
  caught.add(caughtBy);
}

describe('caught', () => {
  test.each(logMutations)('$name: $caughtBy', expectCaught);
  test.each(violationMutations)('$name: $caughtBy', expectCaught);
  test.each(verdictMutations)('$name: $caughtBy', expectCaught);
  test.each(remarkMutations)('$name: $caughtBy', expectCaught);
  test.each(caseIdMutations)('$name: $caughtBy', expectCaught);
  test.each(answerMutations)('$name: $caughtBy', expectCaught);
  test.each(caseMutations)('$name: $caughtBy', expectCaught);
  test.each(intentMutations)('$name: $caughtBy', expectCaught);
  test.each(outboxMutations)('$name: $caughtBy', expectCaught);
  test.each(sagaMutations)('$name: $caughtBy', expectCaught);

  test('a compensation that does not mend: restored', () => {
    const names = histories.flatMap(({ workload, log }) => {
      const model = must(workload.model);
      const lazy = { ...model, compensate: () => undefined };
      return namesOf(judgeHistory({ ...workload, model: lazy }, log, { isSettled }));
    });
    expect(names).toContain('restored' satisfies CheckName);
    caught.add('restored');
  });

  test('a case that was for people, and was mended all the same: escalated', () => {
    for (const { workload, log } of histories) {
      const model = { ...must(workload.model), isForPeople: () => true };
      const names = namesOf(judgeHistory({ ...workload, model }, log, { isSettled }));
      const isMended = log.some((entry) => headerOf(entry).operation?.id.endsWith(':restore'));
      expect(names.includes('escalated')).toBe(isMended);
    }
    expect(caught).toContain('escalated' satisfies CheckName);
  });

  test('a compensation that breaks another rule: harmless', () => {
    for (const { workload, log } of histories) {
      const model = must(workload.model);
      const harmed = new Set<unknown>();
      const harmful: typeof model = {
        ...model,
        compensate(state, broken, update) {
          model.compensate(state, broken, update);
          harmed.add(state);
        },
        deficits: (state) => [
          ...model.deficits(state),
          ...(harmed.has(state) ? [{ invariant: 'another', key: 'x', deficit: 1 }] : []),
        ],
      };
      const names = namesOf(judgeHistory({ ...workload, model: harmful }, log, { isSettled }));
      const isMended = log.some((entry) =>
        headerOf(entry).operation?.name.startsWith('compensate.'),
      );
      expect(names.includes('harmless')).toBe(isMended);
    }
    caught.add('harmless');
  });

  test('a rule where there is none: no-rules', () => {
    const text = must(workloads.find(({ name }) => name === 'text'));
    const fact: Fact = { fact: 'forged-entry', position: 1, root: 'text', entry: 'x' };
    const [{ log }] = [must(histories[0])];
    const names = namesOf(judgeHistory(text, must(addFact(log, fact)), { isSettled }));
    expect(names).toContain('no-rules' satisfies CheckName);
    caught.add('no-rules');
  });

  test('an end that is not waited for is no problem: audits and cases may be open then', () => {
    for (const { workload, log } of histories) {
      for (const length of [0, Math.floor(log.length / 2), log.length - 1]) {
        const verdict = judgeHistory(workload, log.slice(0, length), { isSettled: false });
        expect(verdict.problems).toEqual([]);
      }
    }
  });
});

test('there is no check that was never seen to fail', () => {
  expect([...caught].sort()).toEqual([...checkNames].sort());
});
