// Is every check of the oracle able to fail? Each mutation of a right log must be caught, by its check.
import type { Fact } from '@causeway/core';
import type { CheckName, HistoryVerdict, Workload } from '@causeway/testkit';
import { checkNames, judgeHistory, workloads } from '@causeway/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { caseMutations } from './case-mutations.ts';
import { caseIdMutations, verdictMutations, violationMutations } from './fact-mutations.ts';
import { logMutations, type Mutation } from './log-mutations.ts';
import type { Log } from './mutate-log.ts';
import { addFact } from './mutate-log.ts';
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
}, 60_000);

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
  test.each(caseIdMutations)('$name: $caughtBy', expectCaught);
  test.each(caseMutations)('$name: $caughtBy', expectCaught);

  test('a compensation that does not mend: restored', () => {
    const names = histories.flatMap(({ workload, log }) => {
      const model = must(workload.model);
      const lazy = { ...model, compensate: () => undefined };
      return namesOf(judgeHistory({ ...workload, model: lazy }, log, { isSettled }));
    });
    expect(names).toContain('restored' satisfies CheckName);
    caught.add('restored');
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
