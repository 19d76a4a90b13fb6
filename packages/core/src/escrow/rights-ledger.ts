// The primary's ledger of one key of a bounded counter: who may spend how much of it, offline, such
// that the value stays at its bound whatever comes in? In commit order, without I/O or clock:
//
//   value − min  =  pool + Σ left of open grants − debt          (each of them ≥ 0; debt only beside pool 0)
//
//   grant: pool → left      spend: left → gone        give back, reclaim: left → pool
//   credit: → debt, pool    draw: pool → gone         late spend: pool, else debt grows
//
// @see docs/adr/0020-escrow.md
import type { Bounds } from '../app/contended.ts';
import { assert } from '../assert.ts';
import type { GrantId, ReplicaId } from '../identity.ts';
import type { Grant } from './grant.ts';

/** Owned and changed by its primary only, through the functions of this file and of spend-rights.ts. */
export interface RightsLedger {
  readonly bounds: Bounds;
  /** Committed value, void operations left out. */
  value: number;
  /** What nobody holds: may be granted, or drawn at the primary. */
  pool: number;
  /** What late spends took that nothing covered: paid first by whatever comes in. */
  debt: number;
  /** Open and reclaimed grants, in the order of their granting. */
  readonly liveById: Map<GrantId, Grant>;
  /** Kept, because a copy of a profile may still spend from them. */
  readonly closedById: Map<GrantId, Grant>;
}

/** What every replica is told of a key after a change. `outstanding`: may be spent by now. */
export interface RightsTotals {
  readonly pool: number;
  readonly outstanding: number;
  /** Reclaimed from silent holders, and counted if they come back having spent it. */
  readonly suspense: number;
  readonly debt: number;
}

/** A ledger of a key that nobody has rights on yet. What is below the bound already is debt. */
export function openRights(bounds: Bounds, value: number): RightsLedger {
  assertWhole(value, Number.MIN_SAFE_INTEGER);
  const headroom = value - bounds.min;
  const ledger: RightsLedger = {
    bounds,
    value,
    pool: Math.max(0, headroom),
    debt: Math.max(0, -headroom),
    liveById: new Map(),
    closedById: new Map(),
  };
  assertIdentity(ledger);
  return ledger;
}

/** What {@link grantRights} is asked for. Without `expiresMs` it is never reclaimed. */
export interface GrantOrder {
  readonly id: GrantId;
  readonly holder: ReplicaId;
  readonly amount: number;
  readonly expiresMs?: number | undefined;
}

/**
 * Gives rights from the pool to a replica.
 *
 * @returns `granted`; `repeated`, when this id was granted before: nothing changed; `no-rights`, when
 * the pool has less: offer less, or let the operation run at the primary; `forked-holder`: a copy of
 * that replica's profile spent as it, so it must come back under another id first.
 * Bug `not-whole` for anything but a whole number from 1 on: parse what peers ask for before.
 * @remarks Cost: O(grants of the key).
 */
export function grantRights(
  ledger: RightsLedger,
  { id, holder, amount, expiresMs }: GrantOrder,
): 'granted' | 'repeated' | 'no-rights' | 'forked-holder' {
  assertWhole(amount, 1);
  if (findGrant(ledger, id)) return 'repeated';
  if (grantsOf(ledger).some((grant) => grant.holder === holder && grant.isForked)) {
    return 'forked-holder';
  }
  if (ledger.pool < amount) return 'no-rights';
  ledger.pool -= amount;
  ledger.liveById.set(id, {
    ...{ id, holder, amount, expiresMs, left: amount },
    ...{ state: 'open', isForked: false, spent: [] },
  });
  return settle(ledger, 'granted');
}

/**
 * An increment: pays the debt first. Rights on what is added exist from its commit on, here.
 * @returns `too-large`, when the sum would not be exact: nothing changed, judge its operation void.
 */
export function credit(ledger: RightsLedger, amount: number): 'credited' | 'too-large' {
  assertWhole(amount, 0);
  if (!isExact(ledger, ledger.value + amount)) return 'too-large';
  ledger.value += amount;
  takeIn(ledger, amount);
  return settle(ledger, 'credited');
}

/** A decrement that runs at the primary: refused as `no-rights` when the pool has less. */
export function draw(ledger: RightsLedger, amount: number): 'drawn' | 'no-rights' {
  assertWhole(amount, 0);
  if (ledger.pool < amount) return 'no-rights';
  ledger.pool -= amount;
  ledger.value -= amount;
  return settle(ledger, 'drawn');
}

/**
 * A decrement that nobody had rights for: an increment that became void, an operation under another
 * cell. What the pool does not cover is debt: the only way to more of it than the policy allows.
 * @returns `too-large`, when the difference would not be exact: nothing changed.
 */
export function charge(ledger: RightsLedger, amount: number): 'charged' | 'too-large' {
  assertWhole(amount, 0);
  if (!isExact(ledger, ledger.value - amount)) return 'too-large';
  takeUncovered(ledger, amount);
  return settle(ledger, 'charged');
}

/**
 * The holder gives a grant back (release, or renewal with a new one): after all that it spent of it
 * is in the log, and never to spend of it again.
 *
 * @returns `returned`; `not-held`, when there is no such live grant of `holder`; `forked`: kept,
 * because another copy of the profile may have promised something from it.
 */
export function giveBack(
  ledger: RightsLedger,
  { id, holder }: Pick<GrantOrder, 'id' | 'holder'>,
): 'returned' | 'not-held' | 'forked' {
  const grant = ledger.liveById.get(id);
  if (!grant || grant.holder !== holder) return 'not-held';
  if (grant.isForked) return 'forked';
  const { left, state } = grant;
  grant.left = 0;
  grant.state = 'closed';
  ledger.liveById.delete(id);
  ledger.closedById.set(id, grant);
  if (state === 'open') takeIn(ledger, left); // A reclaimed one's went there before.
  return settle(ledger, 'returned');
}

/**
 * Takes an expired grant back from a silent holder. `nowMs`: the primary's clock, which alone decides.
 *
 * @returns `reclaimed`; `not-open`; `not-expired`; `firm`, which never does; `beyond-bound`: what may
 * still come in could exceed `bounded`. Try again once debt is paid or suspense resolved.
 */
export function reclaim(
  ledger: RightsLedger,
  { id, nowMs }: { readonly id: GrantId; readonly nowMs: number },
): 'reclaimed' | 'not-open' | 'not-expired' | 'firm' | 'beyond-bound' {
  const policy = ledger.bounds.reclaim;
  const grant = ledger.liveById.get(id);
  if (grant?.state !== 'open') return 'not-open';
  if (policy === 'firm') return 'firm';
  if (grant.expiresMs === undefined || nowMs < grant.expiresMs) return 'not-expired';
  const { left } = grant;
  if (policy !== 'hard' && totalsOf(ledger).suspense + ledger.debt + left > policy.bounded) {
    return 'beyond-bound';
  }
  grant.state = 'reclaimed';
  if (policy === 'hard') grant.left = 0; // What comes from now on is void.
  takeIn(ledger, left);
  return settle(ledger, 'reclaimed');
}

/** The totals to tell. Cost: O(open and reclaimed grants of the key). */
export function totalsOf(ledger: RightsLedger): RightsTotals {
  let [outstanding, suspense] = [0, 0];
  for (const { state, left } of ledger.liveById.values()) {
    if (state === 'open') outstanding += left;
    else suspense += left;
  }
  return { pool: ledger.pool, outstanding, suspense, debt: ledger.debt };
}

/**
 * Between which values the truth lies: silent holders may have spent all that they hold, or have lost
 * it with their device. Cost: as {@link totalsOf}.
 */
export function intervalOf(ledger: RightsLedger): { readonly low: number; readonly high: number } {
  const { outstanding, suspense } = totalsOf(ledger);
  return { low: ledger.value - outstanding - suspense, high: ledger.value };
}

/**
 * Bug `rights-identity` when the ledger does not add up, or says another value than the document
 * does: asserted after each change here, and by the primary against the document's own value.
 * Cost: as {@link totalsOf}.
 */
export function assertIdentity(ledger: RightsLedger, value = ledger.value): void {
  const { pool, outstanding, suspense, debt } = totalsOf(ledger);
  const lefts = [...ledger.liveById.values()].map(({ left }) => left);
  const isPositive = [pool, debt, ...lefts].every((one) => Number.isSafeInteger(one) && one >= 0);
  const isBalanced = ledger.value - ledger.bounds.min === pool + outstanding - debt;
  const isPaid = pool === 0 || debt === 0;
  const isSound = isPositive && isBalanced && isPaid && value === ledger.value;
  const told = { value, ...{ own: ledger.value, min: ledger.bounds.min } };
  assert(
    isSound,
    'rights-identity',
    JSON.stringify({ ...told, pool, outstanding, suspense, debt }),
  );
}

export function settle<T>(ledger: RightsLedger, outcome: T): T {
  assertIdentity(ledger);
  return outcome;
}

/** Debt first: else the value would stay below the bound while rights are handed out. */
function takeIn(ledger: RightsLedger, amount: number): void {
  const paid = Math.min(amount, ledger.debt);
  ledger.debt -= paid;
  ledger.pool += amount - paid;
}

export function takeUncovered(ledger: RightsLedger, amount: number): void {
  const covered = Math.min(amount, ledger.pool);
  ledger.value -= amount;
  ledger.pool -= covered;
  ledger.debt += amount - covered;
}

export function findGrant(ledger: RightsLedger, id: GrantId): Grant | undefined {
  return ledger.liveById.get(id) ?? ledger.closedById.get(id);
}

function grantsOf(ledger: RightsLedger): readonly Grant[] {
  return [...ledger.liveById.values(), ...ledger.closedById.values()];
}

/** Peers add what they like: no sum here may round, and none may end in a Bug. */
export function isExact({ bounds }: Pick<RightsLedger, 'bounds'>, value: number): boolean {
  return Number.isSafeInteger(value) && Number.isSafeInteger(value - bounds.min);
}

function assertWhole(amount: number, least: number): void {
  const isWhole = Number.isSafeInteger(amount) && amount >= least;
  assert(isWhole, 'not-whole', `${amount}: rights are whole numbers from ${least} on`);
}
