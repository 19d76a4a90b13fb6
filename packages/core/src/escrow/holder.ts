// The device's side of escrow: which of its grants does a spend take from, and which numbers? Pure; the
// store's transaction around it keeps two tabs from taking the same ones.
import { assert } from '../assert.ts';
import type { GrantId } from '../identity.ts';
import type { SpentRow } from './grant.ts';

/** A grant that the log gave this replica and that is not closed, nor being given back, nor over. */
export interface HeldGrant {
  readonly id: GrantId;
  readonly amount: number;
}

/**
 * Numbers that were used up here, or that the log shows as spent by this replica. The rows of a grant
 * are kept as long as it is held (they may be merged into one): a number is never used twice, so that
 * a gap leaks a right, and never looks like a copied profile.
 */
export interface HeldRow extends SpentRow {
  /** `released`: reserved, and its operation never came to be, as far as is known here. */
  readonly state: 'reserved' | 'saved' | 'committed' | 'released';
}

/** What a device holds of one key. Grants in the order in which the log gave them. */
export interface Holding {
  readonly grants: readonly HeldGrant[];
  readonly rows: readonly HeldRow[];
}

export type Allotment =
  | { readonly type: 'allotted'; readonly rows: readonly SpentRow[]; readonly remaining: number }
  /** Not enough: refuse as `no-rights`, or ask for more. */
  | { readonly type: 'short'; readonly remaining: number };

/** What may be spent here, offline. Cost: O(grants + rows). */
export function remainingRights(holding: Holding): number {
  return unusedRanges(holding).reduce((sum, { amount }) => sum + amount, 0);
}

/**
 * The numbers for a spend of `amount`, oldest grants first, so that they can be given back early.
 * Write them as rows before anything shows. Nothing is needed for 0 or less.
 *
 * @returns `allotted`, with what remains afterwards; `short`, with what there is.
 * Bug `not-whole`. Cost: O(grants + rows).
 */
export function allotRights(holding: Holding, amount: number): Allotment {
  assert(Number.isSafeInteger(amount), 'not-whole', `${amount}: rights are spent in whole numbers`);
  const remaining = remainingRights(holding);
  if (amount > remaining) return { type: 'short', remaining };
  const rows: SpentRow[] = [];
  let wanted = Math.max(0, amount);
  for (const range of unusedRanges(holding)) {
    const taken = Math.min(wanted, range.amount);
    if (taken > 0) rows.push({ ...range, amount: taken });
    wanted -= taken;
  }
  return { type: 'allotted', rows, remaining: remaining - Math.max(0, amount) };
}

export interface RefillRule {
  /** Ask when this much or less is left, */
  readonly lowWater: number;
  /** for so much that this is there again. */
  readonly target: number;
  /** What an operation needed and did not get. */
  readonly wanted?: number;
}

/** How much to ask the primary for while connected; 0: nothing. Cost: O(grants + rows). */
export function refillAmount(holding: Holding, { lowWater, target, wanted = 0 }: RefillRule) {
  const remaining = remainingRights(holding);
  if (remaining > lowWater && remaining >= wanted) return 0;
  return Math.max(0, Math.max(target, wanted) - remaining);
}

/**
 * May this grant be given back? Only when the log has all that was spent of it here: what comes after
 * is taken for the spend of a copied profile. From then on it belongs in no `Holding` any more.
 */
export function canGiveBack(grant: GrantId, rows: readonly HeldRow[]): boolean {
  const own = rows.filter((row) => row.grant === grant);
  return own.every(({ state }) => state === 'committed' || state === 'released');
}

/**
 * How long a holder relies on a grant that the primary may reclaim after `lastsMs` under `hard`:
 * shorter by what clocks drift apart (1 %) and by the time of an upload. Count from the receipt on.
 */
export function holderTermMs(lastsMs: number, uploadMs: number): number {
  return Math.max(0, Math.floor(lastsMs * 0.99) - uploadMs);
}

function unusedRanges({ grants, rows }: Holding): readonly SpentRow[] {
  const next = new Map<GrantId, number>();
  for (const { grant, from, amount } of rows) {
    next.set(grant, Math.max(next.get(grant) ?? 0, from + amount));
  }
  return grants.map(({ id, amount }) => {
    const from = next.get(id) ?? 0;
    return { grant: id, from, amount: Math.max(0, amount - from) };
  });
}
