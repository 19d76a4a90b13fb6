// The order of histories, with missing entries read as 0, and the laws that merging keeps.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseWriterId, type WriterId } from '../identity.ts';
import {
  type CausalOrder,
  compareVectors,
  mergeVectors,
  type VersionVector,
} from './version-vector.ts';

const writerNamed = (digit: string): WriterId =>
  parseWriterId(digit.repeat(32)) ?? expect.unreachable();
const x = writerNamed('a');
const y = writerNamed('b');
const z = writerNamed('c');
const vectorOf = (...entries: readonly (readonly [WriterId, number])[]): VersionVector =>
  new Map(entries);

const vector = fc.record({ x: fc.nat(3), y: fc.nat(3), z: fc.nat(3) }).map((seqs) =>
  vectorOf(
    ...(
      [
        [x, seqs.x],
        [y, seqs.y],
        [z, seqs.z],
      ] as const
    ).filter(([, seq]) => seq !== 3),
  ),
);
const opposite: Readonly<Record<CausalOrder, CausalOrder>> = {
  equal: 'equal',
  before: 'after',
  after: 'before',
  concurrent: 'concurrent',
};

describe('comparing vectors', () => {
  it.each([
    ['{x:2} and {x:1, y:5}', vectorOf([x, 2]), vectorOf([x, 1], [y, 5]), 'concurrent'],
    ['{x:1, y:1} and {x:1}', vectorOf([x, 1], [y, 1]), vectorOf([x, 1]), 'after'],
    ['{x:1} and {x:1, y:1}', vectorOf([x, 1]), vectorOf([x, 1], [y, 1]), 'before'],
    ['{x:1} and {y:1}', vectorOf([x, 1]), vectorOf([y, 1]), 'concurrent'],
    ['{x:1, y:2} and {y:2, x:1}', vectorOf([x, 1], [y, 2]), vectorOf([y, 2], [x, 1]), 'equal'],
    ['{} and {}', vectorOf(), vectorOf(), 'equal'],
    ['{x:0} and {}', vectorOf([x, 0]), vectorOf(), 'equal'],
    ['{} and {x:1}', vectorOf(), vectorOf([x, 1]), 'before'],
  ] as const)('%s: the first is %s', (_, a, b, order) => {
    expect(compareVectors(a, b)).toBe(order);
  });

  it('says the opposite when asked the other way round', () => {
    fc.assert(
      fc.property(vector, vector, (a, b) => {
        expect(compareVectors(b, a)).toBe(opposite[compareVectors(a, b)]);
        expect(compareVectors(a, a)).toBe('equal');
      }),
    );
  });

  it('is transitive', () => {
    fc.assert(
      fc.property(vector, vector, vector, (a, b, c) => {
        if (compareVectors(a, b) !== 'before' || compareVectors(b, c) !== 'before') return;
        expect(compareVectors(a, c)).toBe('before');
      }),
    );
  });
});

describe('merging vectors', () => {
  it('is commutative, associative and idempotent', () => {
    fc.assert(
      fc.property(vector, vector, vector, (a, b, c) => {
        expect(compareVectors(mergeVectors(a, b), mergeVectors(b, a))).toBe('equal');
        const left = mergeVectors(mergeVectors(a, b), c);
        expect(compareVectors(left, mergeVectors(a, mergeVectors(b, c)))).toBe('equal');
        expect(compareVectors(mergeVectors(a, a), a)).toBe('equal');
      }),
    );
  });

  it('gives the least vector that has seen both', () => {
    expect(mergeVectors(vectorOf([x, 2]), vectorOf([x, 1], [y, 5]))).toStrictEqual(
      vectorOf([x, 2], [y, 5]),
    );
    fc.assert(
      fc.property(vector, vector, vector, (a, b, upper) => {
        const merged = mergeVectors(a, b);
        for (const one of [a, b]) {
          expect(['equal', 'after']).toContain(compareVectors(merged, one));
        }
        const isUpper = [a, b].every((one) => /equal|after/.test(compareVectors(upper, one)));
        if (isUpper) expect(['equal', 'after']).toContain(compareVectors(upper, merged));
      }),
    );
  });

  it('changes neither of its inputs', () => {
    const a = vectorOf([x, 1]);
    mergeVectors(a, vectorOf([x, 2]));
    expect(a).toStrictEqual(vectorOf([x, 1]));
  });
});
