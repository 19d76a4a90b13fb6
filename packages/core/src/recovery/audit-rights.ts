// Escrow at the primary: every committed change of a bounded counter goes through the ledger of its
// key, in commit order, and what had no right to happen is void.
// @see docs/adr/0020-escrow.md
import type { Touch } from '../app/document-type.ts';
import type { OperationHeader } from '../causality/change.ts';
import type { Fact } from '../coordination/facts.ts';
import type { EscrowFact, GrantClosedFact, GrantFact } from '../coordination/rights-facts.ts';
import type { SpentRow } from '../escrow/grant.ts';
import type { Place } from '../escrow/place.ts';
import { placeName } from '../escrow/place.ts';
import { rightsFromJson, rightsToJson } from '../escrow/rights-json.ts';
import type { RightsLedger } from '../escrow/rights-ledger.ts';
import {
  assertIdentity,
  charge,
  credit,
  draw,
  giveBack,
  grantRights,
  isExact,
  openRights,
  reclaim,
  totalsOf,
} from '../escrow/rights-ledger.ts';
import { checkSpend, spendRights } from '../escrow/spend-rights.ts';
import type { GrantId, ReplicaId } from '../identity.ts';
import type { Moment } from '../moment.ts';
import type { PrimaryState, RightsPlace } from './primary-state.ts';

/** How long a holder may be silent before its grant may be taken back, where the policy allows it. */
export const grantLastsMs = 24 * 3_600_000;

export interface RightsJudged {
  readonly operation: OperationHeader;
  readonly replica: ReplicaId;
  readonly touched: readonly Touch[];
  /** It stands so far. */
  readonly stands: boolean;
  /** The primary ran it itself. */
  readonly isResult: boolean;
}

/**
 * Counts what a committed operation did to bounded counters. Returns the key for which it had no
 * rights: then it is void, and the caller judges it so. Cost: O(touched keys + rows).
 */
export function judgeRights(state: PrimaryState, judged: RightsJudged): string | undefined {
  const { operation, stands } = judged;
  const rows = operation.rights ?? [];
  if (rows.length === 0 && state.rights.size === 0) return undefined; // Most documents have none.
  const short = stands ? shortKey(state, judged) : undefined;
  if (short !== undefined || !stands) {
    takeUncounted(state, judged);
    return short;
  }
  const byPlace = rowsByPlace(state, rows);
  for (const place of touchedPlaces(state, judged)) {
    const own = byPlace.get(placeName(place)) ?? [];
    if (own.length > 0) {
      spendRights(place.ledger, { operation: operation.id, replica: judged.replica, rows: own });
      closeSpent(state, place.ledger, own);
    }
    balance(state, place, judged.isResult);
    tell(state, place);
  }
  return undefined;
}

/** Where it took more than it had rights for. */
function shortKey(state: PrimaryState, judged: RightsJudged): string | undefined {
  const { operation, replica, isResult } = judged;
  const byPlace = rowsByPlace(state, operation.rights ?? []);
  if (byPlace.has('')) return '';
  for (const place of touchedPlaces(state, judged)) {
    const rows = byPlace.get(placeName(place)) ?? [];
    const spent = rows.reduce((sum, { amount }) => sum + amount, 0);
    const value = state.document.boundedValue(place.root, place.key);
    if (!isExact(place.ledger, value)) return place.key;
    const taken = place.ledger.value - value;
    const isSpend = rows.length > 0;
    const outcome = isSpend && checkSpend(place.ledger, { operation: operation.id, replica, rows });
    if (outcome && outcome.type !== 'spent') return place.key;
    // Another cell than `escrow` let it through, or a device that keeps to no rules.
    if (!isResult && taken > spent && operation.decision.cell === 'escrow') return place.key;
  }
  return undefined;
}

/** Of what is void only its numbers stay used, and a fork is told. */
function takeUncounted(state: PrimaryState, { operation, replica }: RightsJudged): void {
  for (const [name, rows] of rowsByPlace(state, operation.rights ?? [])) {
    const place = state.rights.get(name);
    if (!place) continue;
    const outcome = spendRights(place.ledger, { operation: operation.id, replica, rows });
    if (outcome.type === 'spent') {
      credit(
        place.ledger,
        rows.reduce((sum, { amount }) => sum + amount, 0),
      );
    } else if (outcome.type === 'void' && outcome.isNewFork && outcome.grant) {
      state.facts.push({ fact: 'grant-closed', grant: outcome.grant, why: 'forked' });
    }
    tell(state, place);
  }
}

/** Of a grant that is spent nothing need be remembered by its holder. */
function closeSpent(state: PrimaryState, ledger: RightsLedger, rows: readonly SpentRow[]): void {
  for (const id of new Set(rows.map(({ grant }) => grant))) {
    const grant = ledger.liveById.get(id);
    if (grant?.state !== 'open' || grant.left > 0 || grant.isForked) continue;
    state.facts.push({ fact: 'grant-closed', grant: id, why: 'returned' });
  }
}

/** What the rows do not explain: somebody added, or took without rights. */
function balance(state: PrimaryState, { root, key, ledger }: RightsPlace, isResult: boolean): void {
  const value = state.document.boundedValue(root, key);
  const by = value - ledger.value;
  if (by > 0) credit(ledger, by);
  if (by < 0 && (!isResult || draw(ledger, -by) === 'no-rights')) charge(ledger, -by);
  assertIdentity(ledger, value);
}

function touchedPlaces(state: PrimaryState, judged: RightsJudged): readonly RightsPlace[] {
  const names = new Set(judged.touched.map(({ root, key }) => placeName({ root, key: key ?? '' })));
  for (const name of rowsByPlace(state, judged.operation.rights ?? []).keys()) names.add(name);
  return [...names].flatMap((name) => state.rights.get(name) ?? []);
}

/** Rows of grants that nobody knows are under the empty name. */
function rowsByPlace(
  state: PrimaryState,
  rows: readonly SpentRow[],
): ReadonlyMap<string, readonly SpentRow[]> {
  const byPlace = new Map<string, SpentRow[]>();
  for (const row of rows) {
    const name = state.placeByGrant.get(row.grant) ?? '';
    byPlace.set(name, [...(byPlace.get(name) ?? []), row]);
  }
  return byPlace;
}

/** The log gave a grant: from here on the key has a ledger. */
export function followGrant(state: PrimaryState, fact: GrantFact, moment: Moment): void {
  const { grant: id, holder, amount, root, key, lastsMs } = fact;
  const ledger = ledgerAt(state, fact);
  if (!ledger) return;
  const name = placeName({ root, key });
  const place = state.rights.get(name) ?? { root, key, ledger };
  const expiresMs = lastsMs === undefined ? undefined : moment.monotonicMs + lastsMs;
  grantRights(place.ledger, { id, holder, amount, expiresMs });
  state.rights.set(name, place);
  state.placeByGrant.set(id, name);
}

export function followGrantClosed(state: PrimaryState, { grant, why }: GrantClosedFact): void {
  const place = state.rights.get(state.placeByGrant.get(grant) ?? '');
  const held = place?.ledger.liveById.get(grant);
  if (!place || !held) return;
  if (why === 'returned') giveBack(place.ledger, { id: grant, holder: held.holder });
  // The log says that its time was up; a primary that replays it need not wait again.
  if (why === 'reclaimed') reclaim(place.ledger, { id: grant, nowMs: Number.POSITIVE_INFINITY });
}

/** What may be given of a key now, from the pool. */
export function poolOf(state: PrimaryState, place: Place): number {
  return ledgerAt(state, place)?.pool ?? 0;
}

/**
 * What is said when rights are given, and the totals of then; undefined where none may be: there are
 * none left, or a copy of that replica's profile has spent as it.
 */
export function grantFacts(
  state: PrimaryState,
  given: GrantFact,
): readonly [GrantFact, EscrowFact] | undefined {
  const { root, key, grant: id, holder, amount } = given;
  const ledger = ledgerAt(state, given);
  const after = ledger && copyOf(ledger);
  if (!after || amount === 0) return undefined;
  if (grantRights(after, { id, holder, amount }) !== 'granted') return undefined;
  return [given, { fact: 'escrow', root, key, ...totalsOf(after) }];
}

/** The ledger of a key, or the one that its first grant would open. */
function ledgerAt(state: PrimaryState, { root, key }: Place): RightsLedger | undefined {
  const bounds = state.document.boundedRoots().get(root);
  const place = state.rights.get(placeName({ root, key }));
  if (place || !bounds) return place?.ledger; // Else the application does not declare it any more.
  const value = state.document.boundedValue(root, key);
  return isExact({ bounds }, value) ? openRights(bounds, value) : undefined;
}

/** A grant of a silent holder that may be taken back now, or when the next one may be. */
export function nextReclaim(
  state: PrimaryState,
  moment: Moment,
): { readonly grant: GrantId; readonly place: RightsPlace } | { readonly atMs: number } {
  let atMs = Number.POSITIVE_INFINITY;
  for (const place of state.rights.values()) {
    for (const {
      id,
      expiresMs = Number.POSITIVE_INFINITY,
      state: now,
    } of place.ledger.liveById.values()) {
      if (now !== 'open') continue;
      if (expiresMs > moment.monotonicMs) atMs = Math.min(atMs, expiresMs);
      else if (mayReclaim(place.ledger, id, moment)) return { grant: id, place };
    }
  }
  return { atMs };
}

/** What is said when a grant comes back, and the totals of then. */
export function closingFacts(
  { root, key, ledger }: RightsPlace,
  grant: GrantId,
  why: 'returned' | 'reclaimed',
): readonly Fact[] {
  const after = copyOf(ledger);
  const held = after.liveById.get(grant);
  if (why === 'reclaimed') reclaim(after, { id: grant, nowMs: Number.POSITIVE_INFINITY });
  else if (held) giveBack(after, { id: grant, holder: held.holder });
  return [
    { fact: 'grant-closed', grant, why },
    { fact: 'escrow', root, key, ...totalsOf(after) },
  ];
}

function mayReclaim(ledger: RightsLedger, id: GrantId, moment: Moment): boolean {
  return reclaim(copyOf(ledger), { id, nowMs: moment.monotonicMs }) === 'reclaimed';
}

function copyOf(ledger: RightsLedger): RightsLedger {
  return rightsFromJson(rightsToJson(ledger));
}

function tell(state: PrimaryState, { root, key, ledger }: RightsPlace): void {
  state.facts = state.facts.filter(
    (fact) => fact.fact !== 'escrow' || fact.root !== root || fact.key !== key,
  );
  state.facts.push({ fact: 'escrow', root, key, ...totalsOf(ledger) });
}
