// S17: comparing version vectors. A missing entry is 0; the paper's "nodes in common" loses updates.
import type { CausalOrder, VersionVector, WriterId } from '@causeway/core';
import { compareVectors } from '@causeway/core';
import { expectEqual, expectThat } from './expect-equal.ts';
import type { Scenario } from './scenario.ts';
import { computed } from './scenario.ts';

const vector = (entries: Readonly<Record<string, number>>): VersionVector =>
  new Map(Object.entries(entries) as [WriterId, number][]);

const pairs: readonly (readonly [VersionVector, VersionVector, CausalOrder])[] = [
  [vector({ x: 2 }), vector({ x: 1, y: 5 }), 'concurrent'],
  [vector({ x: 1, y: 1 }), vector({ x: 1 }), 'after'],
  [vector({ x: 1 }), vector({ y: 1 }), 'concurrent'],
  [vector({ x: 1, y: 1 }), vector({ y: 1, x: 1 }), 'equal'],
];

export const versionVectors: Scenario = {
  id: 'S17',
  title: 'Version vectors',
  variants: [
    computed('compared', () => {
      for (const [a, b, expected] of pairs) {
        const what = `${JSON.stringify([...a])} against ${JSON.stringify([...b])}`;
        expectEqual(what, compareVectors(a, b), expected);
      }
    }),
    computed('control: nodes in common', () => {
      const wrong = pairs.filter(([a, b, expected]) => compareInCommon(a, b) !== expected);
      expectThat('it takes both concurrent pairs for ordered ones', wrong.length >= 2, wrong);
    }),
  ],
};

/** Naive: looks only at writers that both know. */
function compareInCommon(a: VersionVector, b: VersionVector): CausalOrder {
  const common = [...a.keys()].filter((writer) => b.has(writer));
  const isAhead = common.some((writer) => (a.get(writer) ?? 0) > (b.get(writer) ?? 0));
  const isBehind = common.some((writer) => (a.get(writer) ?? 0) < (b.get(writer) ?? 0));
  if (isAhead && isBehind) return 'concurrent';
  if (isAhead) return 'after';
  return isBehind ? 'before' : 'equal';
}
