// Nothing but a test that ran and passed may count as passed.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../scripts/testing/run-tool.ts';
import {
  playwrightResults,
  tallyOf,
  vitestResults,
  vitestTally,
} from '../../scripts/testing/tally.ts';

const file = join(root, 'test/unit/a.test.ts');
const result = (outcome: 'passed' | 'failed' | 'not-run') => ({ file, title: 'a claim', outcome });

describe('tally', () => {
  it('counts passed and failed tests', () => {
    const results = [result('passed'), result('passed'), result('failed')];
    expect(tallyOf(results, { files: [file], isGood: false })).toEqual({
      passed: 2,
      failed: 1,
      notes: ['failed: test/unit/a.test.ts: a claim'],
    });
  });

  it('counts a test that did not run as failed', () => {
    const tally = tallyOf([result('passed'), result('not-run')], { files: [file], isGood: true });
    expect(tally).toEqual({
      passed: 1,
      failed: 1,
      notes: ['did not run: test/unit/a.test.ts: a claim'],
    });
  });

  it('counts a file in which no test ran as failed', () => {
    expect(tallyOf([], { files: [file], isGood: true })).toEqual({
      passed: 0,
      failed: 1,
      notes: ['no test ran in test/unit/a.test.ts'],
    });
  });

  it('counts a runner that ended badly as failed, though every test passed', () => {
    const tally = tallyOf([result('passed')], { files: [file], isGood: false });
    expect(tally).toMatchObject({ passed: 1, failed: 1 });
  });

  it('counts a runner that left no report as failed', () => {
    const tally = vitestTally({ report: join(root, 'no-such-file'), files: [file], isGood: true });
    expect(tally).toMatchObject({ passed: 0, failed: 1 });
  });
});

describe('reports', () => {
  it('of vitest: pending, skipped and todo tests did not run', () => {
    const statuses = ['passed', 'failed', 'pending', 'skipped', 'todo'];
    const assertionResults = statuses.map((status) => ({ fullName: status, status }));
    const results = vitestResults({
      testResults: [{ name: file, status: 'failed', assertionResults }],
    });
    expect(results.map((test) => test.outcome)).toEqual([
      'passed',
      'failed',
      'not-run',
      'not-run',
      'not-run',
    ]);
  });

  it('of vitest: say why, also where a hook failed and no test ran', () => {
    const failure = {
      fullName: 'a',
      status: 'failed',
      failureMessages: ['\u001b[31mno\u001b[39m\nat'],
    };
    const unrun = { fullName: 'b', status: 'skipped' };
    const message = 'Hook timed out\nat';
    const testResults = [
      { name: file, status: 'failed', message, assertionResults: [failure, unrun] },
    ];
    const results = vitestResults({ testResults });
    expect(results.map(({ reason }) => reason)).toEqual(['no', 'Hook timed out']);
    expect(tallyOf(results, { files: [file], isGood: false }).notes).toEqual([
      'failed: test/unit/a.test.ts: a: no',
      'did not run: test/unit/a.test.ts: b: Hook timed out',
    ]);
  });

  it('of Playwright: a flaky test failed, whatever suite it stands in', () => {
    const spec = (status: string) => ({ title: status, file: 'a.test.ts', tests: [{ status }] });
    const results = playwrightResults({
      config: { rootDir: join(root, 'test/unit') },
      suites: [
        { specs: [spec('expected')], suites: [{ specs: [spec('flaky'), spec('skipped')] }] },
      ],
    });
    expect(results).toMatchObject([
      { file, title: 'flaky', outcome: 'failed' },
      { file, title: 'skipped', outcome: 'not-run' },
      { file, title: 'expected', outcome: 'passed' },
    ]);
  });
});
