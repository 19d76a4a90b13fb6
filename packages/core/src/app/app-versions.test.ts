// Which versions may be loaded beside each other.
import { expect, test } from 'vitest';
import type { AppDefinition } from './app-definition.ts';
import { versionProblems } from './app-versions.ts';

function appOf(version: number, o: { name?: string; library?: string } = {}): AppDefinition {
  const { name = 'till', library = 'yjs' } = o;
  return {
    ...{
      name,
      version,
      effects: {},
      sagas: {},
      operations: {},
      invariants: {},
      compensations: {},
      policy: {},
    },
    document: { library, open: () => expect.unreachable() },
  };
}

test('earlier versions of the same app go together, however many', () => {
  expect(versionProblems({ current: appOf(3), previous: [] })).toEqual([]);
  expect(versionProblems({ current: appOf(3), previous: [appOf(1), appOf(2)] })).toEqual([]);
});

test.for([
  [appOf(1, { name: 'shop' }), 'version 1 of "shop" is another app than "till": leave it out'],
  [appOf(3), 'version 3 of "till" is not below version 3: make the newest one the app'],
  [appOf(2), 'version 2 of "till" is given twice: leave one out'],
  [
    appOf(1, { library: 'automerge' }),
    'version 1 of "till" keeps its document with automerge, not yjs',
  ],
] as const)('what is wrong is said with its remedy: %#', ([wrong, problem]) => {
  expect(versionProblems({ current: appOf(3), previous: [appOf(2), wrong] })).toEqual([problem]);
});
