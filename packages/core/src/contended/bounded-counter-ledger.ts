// A counter with a bound: the same entries and sums, and beside them what this replica may spend
// offline. Rights are told by the engine and belong to the replica, so they are no content.
import type { BoundedCounter, Bounds } from '../app/contended.ts';
import { assert } from '../assert.ts';
import { createCounter } from './counter-ledger.ts';
import type { RootAccess, RootParts } from './root-ledger.ts';

/** The bounded counter of one root and its ledger. Bug `bad-bounds`. */
export function createBoundedCounter(
  access: RootAccess,
  { root, bounds }: { readonly root: string; readonly bounds: Bounds },
): RootParts<BoundedCounter> {
  assertBounds(bounds);
  const { ledger, writer } = createCounter(access);
  const rightsByKey = new Map<string, number>();
  const rightsOf = (key: string): number => rightsByKey.get(key) ?? 0;
  return {
    ledger: {
      ...ledger,
      kind: 'bounded-counter',
      bounded: {
        bounds,
        valueOf: (key) => writer.get(key),
        setRights(key, amount) {
          const isAmount = Number.isSafeInteger(amount) && amount >= 0;
          assert(isAmount, 'not-whole', `${amount}: rights are whole numbers from 0 on`);
          if (amount === rightsOf(key)) return;
          if (amount === 0) rightsByKey.delete(key);
          else rightsByKey.set(key, amount);
          access.noteTouch(key);
        },
      },
    },
    writer: {
      ...writer,
      root,
      rights(key) {
        access.noteRead(key);
        return rightsOf(key);
      },
    },
  };
}

/** A root is declared with each draft of some libraries: what it keeps to must not change. */
export function assertSameBounds(root: string, known: Bounds | undefined, bounds: Bounds): void {
  const isSame = known?.min === bounds.min && boundOf(known.reclaim) === boundOf(bounds.reclaim);
  assert(isSame, 'root-taken', `"${root}" has other bounds: declare the same ones every time`);
}

function boundOf(reclaim: Bounds['reclaim']): string | number {
  return typeof reclaim === 'string' ? reclaim : reclaim.bounded;
}

function assertBounds({ min, reclaim }: Bounds): void {
  const bound = boundOf(reclaim);
  const isBound =
    typeof bound === 'number'
      ? Number.isSafeInteger(bound) && bound >= 0
      : bound === 'firm' || bound === 'hard';
  const isSound = Number.isSafeInteger(min) && isBound;
  assert(isSound, 'bad-bounds', 'give a whole `min`, and reclaim: firm, hard or { bounded: n }');
}
