// Each house rule is seen to fail on a bad sample, and to leave a good one alone.
import { describe, expect, it } from 'vitest';
import { findViolations, houseRules } from '../../scripts/tidy.ts';

const rules = houseRules({ core: ['.', './testing'], yjs: ['.'], testkit: ['.'] });

const lines = (count: number, line: string) => Array(count).fill(line).join('\n');

/** `line rule` of each violation, the opening comment being given. */
function check(path: string, code: string): readonly string[] {
  const found = findViolations(path, `// Opens.\n${code}\n`, rules);
  return found.map(({ line, rule }) => `${line} ${rule}`);
}

describe('bad samples', () => {
  const core = 'packages/core/src/replica.ts';
  const test = 'packages/core/src/replica.test.ts';
  const cases: readonly (readonly [path: string, code: string, expected: string])[] = [
    [core, lines(301, 'step();'), '1 file-length'],
    [core, `function step() {\n${lines(59, 'act();')}\n}`, '2 function-length'],
    [core, `const step = () => {\n${lines(59, 'act();')}\n};`, '2 function-length'],
    [test, `it('x', () => {\n${lines(59, 'act();')}\n});`, '2 function-length'],
    ['packages/core/src/queue-manager.ts', '', '1 file-name'],
    ['packages/core/src/utils.ts', '', '1 file-name'],
    ['test/unit/test-data.ts', '', '1 file-name'],
    [core, '\nconst now = Date.now();', '3 purity'],
    [core, 'const now = new Date();', '2 purity'],
    [core, 'const now = Date();', '2 purity'],
    [core, 'const die = Math.random();', '2 purity'],
    [core, 'setTimeout(step, 1);', '2 purity'],
    [core, 'globalThis.setTimeout(step, 1);', '2 purity'],
    [core, 'const now = performance.now();', '2 purity'],
    ['packages/protocol/src/up.ts', "console.log('x');", '2 purity'],
    ['packages/yjs/src/port.ts', 'Date.now();', '2 purity'],
    ['packages/automerge/src/port.ts', 'Date.now();', '2 purity'],
    [core, 'const x = y as any;', '2 as-any'],
    [core, '// @ts-ignore\nconst x = y;', '2 ts-ignore'],
    [core, '/* @ts-ignore */ const x = y;', '2 ts-ignore'],
    [test, "it.only('x', step);", '2 switched-off-test'],
    [test, "describe.skip('x', step);", '2 switched-off-test'],
    [test, "it.todo('x');", '2 switched-off-test'],
    [test, "describe('x', () => {\n  it.skip.each([1])('y', step);\n});", '3 switched-off-test'],
    ['test/e2e/app.test.ts', "test.describe.only('x', step);", '2 switched-off-test'],
    [core, "import { x } from '../../yjs/src/x.ts';", '2 front-door'],
    [core, "import { x } from '../../../scripts/x.ts';", '2 front-door'],
    [core, "export * from '@causeway/yjs/src/x.ts';", '2 front-door'],
    [core, "type X = import('../../yjs/src/x.ts').X;", '2 front-door'],
    ['apps/demo/src/main.ts', "await import('@causeway/core/dist/x.js');", '2 front-door'],
    ['test/unit/x.test.ts', "import { x } from '../../packages/core/src/x.ts';", '2 front-door'],
    [core, "import { world } from '@causeway/testkit';", '2 no-testkit'],
    [test, "import { world } from '@causeway/testkit';", '2 no-testkit'],
  ];

  it.each(cases)('in %s: %s', (path, code, expected) => {
    expect(check(path, code)).toEqual([expected]);
  });

  it('a file without an opening comment', () => {
    const found = findViolations(core, 'export const x = 1;\n// Late.\n', rules);
    expect(found).toMatchObject([{ line: 1, rule: 'opening-comment' }]);
  });

  it('cover every rule', () => {
    const seen = new Set([
      ...cases.map(([, , expected]) => expected.split(' ')[1]),
      'opening-comment',
    ]);
    expect([...seen].sort()).toEqual(rules.map((rule) => rule.name).sort());
  });
});

describe('good samples', () => {
  const cases: readonly (readonly [path: string, code: string])[] = [
    ['packages/core/src/replica.ts', `${lines(300, 'step();')}\n\n// A comment.\n/*\n\nMore.\n*/`],
    ['packages/core/src/replica.ts', `function step() {\n${lines(58, 'act();')}\n// No code.\n}`],
    ['packages/core/src/replica.test.ts', `describe('x', () => {\n${lines(70, 'act();')}\n});`],
    ['packages/core/src/database.ts', ''],
    ['packages/core/src/moment.ts', 'const text = "Date.now()"; // not new Date() either'],
    ['packages/core/src/moment.ts', 'const high = Math.max(1, 2);'],
    ['packages/core/src/moment.test.ts', 'Date.now();'],
    ['packages/client/src/clock.ts', 'Date.now();'],
    ['packages/core/src/list.ts', 'list.skip(1);'],
    ['packages/core/src/list.ts', '// @ts-expect-error: a wrong call.\nstep(1);'],
    ['packages/yjs/src/port.ts', "import { x } from '@causeway/core';\nimport y from './y.ts';"],
    ['packages/yjs/src/port.ts', "import { x } from '@causeway/core/testing';"],
    ['test/integration/x.test.ts', "import { world } from '@causeway/testkit';"],
    ['test/unit/x.test.ts', "import { tidy } from '../../scripts/tidy.ts';"],
  ];

  it.each(cases)('in %s: %s', (path, code) => {
    expect(check(path, code)).toEqual([]);
  });

  it('a comment may follow the line that names the interpreter', () => {
    expect(
      findViolations('packages/cli/src/causeway.ts', '#!/usr/bin/env node\n// Opens.\n', rules),
    ).toEqual([]);
  });
});
