// Who had seen whom, from positions and dots; and that this is the order version vectors give.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseWriterId, type WriterId } from '../identity.ts';
import { type CausalPlace, isBefore, isConcurrent } from './context.ts';

const writerNamed = (digit: string): WriterId =>
  parseWriterId(digit.repeat(32)) ?? expect.unreachable();
const x = writerNamed('a');
const y = writerNamed('b');
const none: ReadonlyMap<WriterId, number> = new Map();
const place = (o: Partial<CausalPlace>): CausalPlace => ({
  position: 1,
  writer: x,
  seq: 1,
  seen: 0,
  inherited: none,
  ...o,
});

describe('a change', () => {
  it('is before the later ones of its own writer, whatever they had seen', () => {
    const first = place({ seq: 1, position: 5 });
    const later = place({ seq: 2, position: 6, seen: 0 });
    expect([isBefore(first, later), isBefore(later, first)]).toStrictEqual([true, false]);
    expect(isConcurrent(first, later)).toBe(false);
  });

  it('is before another writer’s that had seen its position', () => {
    const a = place({ position: 5 });
    expect(isBefore(a, place({ writer: y, position: 9, seen: 5 }))).toBe(true);
    expect(isBefore(a, place({ writer: y, position: 9, seen: 4 }))).toBe(false);
  });

  it('is before another writer’s that inherited a dot at or above it', () => {
    const a = place({ position: 5, seq: 3 });
    const b = (seq: number) =>
      place({ writer: y, position: 9, seen: 0, inherited: new Map([[x, seq]]) });
    expect([2, 3, 4].map((seq) => isBefore(a, b(seq)))).toStrictEqual([false, true, true]);
  });

  it('is concurrent with another’s when neither had seen the other', () => {
    const a = place({ position: 5, seen: 3 });
    const b = place({ writer: y, position: 6, seen: 4 });
    expect([isConcurrent(a, b), isConcurrent(b, a)]).toStrictEqual([true, true]);
  });

  it('is neither before itself nor concurrent with itself', () => {
    const a = place({ position: 5 });
    expect([isBefore(a, a), isConcurrent(a, a)]).toStrictEqual([false, false]);
  });
});

interface Step {
  readonly author: number;
  readonly hears: number;
}
const writers = [writerNamed('1'), writerNamed('2'), writerNamed('3')] as const;

interface Happened {
  readonly place: CausalPlace;
  /** Everything its author had seen, itself included: what version vectors would say. */
  readonly past: ReadonlySet<number>;
}

/** A log in which each author hears a prefix of it now and then, and writes. */
function playOut(steps: readonly Step[]): readonly Happened[] {
  const heard = [0, 0, 0];
  const written: (readonly number[])[] = [[], [], []];
  return steps.map(({ author, hears }, at) => {
    const seen = Math.max(heard[author] ?? 0, Math.min(hears, at));
    heard[author] = seen;
    const own = [...(written[author] ?? []), at];
    written[author] = own;
    const prefix = Array.from({ length: seen }, (_, index) => index);
    return {
      place: place({ position: at + 1, writer: writers[author] ?? x, seq: own.length, seen }),
      past: new Set([...prefix, ...own]),
    };
  });
}

it('is ordered as the sets of what authors had seen are', () => {
  const step = fc.record({ author: fc.nat(2), hears: fc.nat(30) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const log = playOut(steps);
      for (const [i, a] of log.entries()) {
        for (const [j, b] of log.entries()) {
          expect(isBefore(a.place, b.place)).toBe(i !== j && b.past.has(i));
          const isApart = i !== j && !a.past.has(j) && !b.past.has(i);
          expect(isConcurrent(a.place, b.place)).toBe(isApart);
        }
      }
    }),
  );
});
