// Claims of slots as the models have them: a list in commit order, of which the first one stays.
import type { Json, OperationId } from '@causeway/core';
import { toRecord } from './trust-view.ts';

export interface ModelClaim {
  readonly id: OperationId;
  readonly who: string;
  /** In order of preference. */
  readonly wanted: readonly string[];
  /** Undefined once it is void. */
  slot: string | undefined;
  isMoved: boolean;
}

export function holdersOf(claims: readonly ModelClaim[], slot: string): readonly ModelClaim[] {
  return claims.filter((claim) => claim.slot === slot);
}

/** The first committed one stays; each other one gets the next free slot that it wanted, or none. */
export function settleClaims(claims: readonly ModelClaim[], slot: string): void {
  for (const claim of holdersOf(claims, slot).slice(1)) {
    const free = claim.wanted.find((other) => holdersOf(claims, other).length === 0);
    claim.slot = free;
    claim.isMoved = free !== undefined;
  }
}

/** Decides once more what was decided between two states, of the claims that there are. */
export function rejudge(
  claims: readonly ModelClaim[],
  o: { readonly before: readonly ModelClaim[]; readonly after: readonly ModelClaim[] },
): void {
  for (const { id, slot, isMoved } of o.after) {
    const [was, claim] = [o.before, claims].map((list) => list.find((one) => one.id === id));
    if (!claim || was?.slot === slot) continue;
    claim.slot = slot;
    claim.isMoved = isMoved;
  }
}

/** The part of a view of claims that is compared: who holds each slot, in order. */
interface ShownClaims {
  holders(slot: string): readonly {
    readonly id: string;
    readonly verdict: string;
    readonly value: { readonly who: string };
  }[];
}

export function shownHolders(claims: ShownClaims, slots: readonly string[]): Json {
  return toRecord(
    slots.map((slot) => {
      const holders = claims.holders(slot);
      return [
        slot,
        holders.map(({ id, verdict, value }) => ({
          id,
          who: value.who,
          isMoved: verdict === 'moved',
        })),
      ] as const;
    }),
  );
}

export function modelHolders(claims: readonly ModelClaim[], slots: readonly string[]): Json {
  return toRecord(
    slots.map((slot) => {
      const holders = holdersOf(claims, slot);
      return [slot, holders.map(({ id, who, isMoved }) => ({ id, who, isMoved }))] as const;
    }),
  );
}

/** How many too many each slot has, where one is allowed. */
export function crowded(
  claims: readonly ModelClaim[],
  slots: readonly string[],
  invariant: string,
): readonly { readonly invariant: string; readonly key: string; readonly deficit: number }[] {
  return slots
    .map((key) => ({ invariant, key, deficit: holdersOf(claims, key).length - 1 }))
    .filter(({ deficit }) => deficit > 0);
}
