// What the log says of rights: the grants that may still be spent from, and the primary's totals. Of all
// holders, because the fold is the same at every replica; each looks up its own.
import type { Json } from '../bytes/canonical-json.ts';
import type { RightsTotals } from '../escrow/rights-ledger.ts';
import type { GrantId } from '../identity.ts';
import type { EscrowFact, GrantFact, RightsFact } from './rights-facts.ts';

/** Owned and changed by the fold it is part of. */
export interface EscrowFold {
  readonly grantsById: Map<GrantId, GrantFact>;
  /** The same grants by holder, root and key, in commit order; a list is never empty. */
  readonly grantsByPlace: Map<string, readonly GrantFact[]>;
  /** By root and key. */
  readonly totalsByPlace: Map<string, EscrowFact>;
}

export function emptyEscrowFold(): EscrowFold {
  return { grantsById: new Map(), grantsByPlace: new Map(), totalsByPlace: new Map() };
}

/** What `holder` may spend of a key, oldest grants first. Cost: O(1). */
export function grantsHeld(
  { grantsByPlace }: EscrowFold,
  { holder, root, key }: Pick<GrantFact, 'holder' | 'root' | 'key'>,
): readonly GrantFact[] {
  return grantsByPlace.get(placeOf(holder, root, key)) ?? [];
}

/** The primary's totals of a key, or undefined before any rights were given. Cost: O(1). */
export function escrowTotals(
  { totalsByPlace }: EscrowFold,
  { root, key }: Pick<GrantFact, 'root' | 'key'>,
): RightsTotals | undefined {
  return totalsByPlace.get(placeOf(root, key));
}

/** Adds one fact. Cost: O(1), for a grant O(grants of its holder and key). */
export function foldEscrowFact(fold: EscrowFold, fact: RightsFact): void {
  if (fact.fact === 'escrow') fold.totalsByPlace.set(placeOf(fact.root, fact.key), fact);
  else if (fact.fact === 'grant') addGrant(fold, fact);
  else closeGrant(fold, fact.grant);
}

function addGrant({ grantsById, grantsByPlace }: EscrowFold, fact: GrantFact): void {
  if (grantsById.has(fact.grant)) return;
  grantsById.set(fact.grant, fact);
  const place = placeOf(fact.holder, fact.root, fact.key);
  grantsByPlace.set(place, [...(grantsByPlace.get(place) ?? []), fact]);
}

function closeGrant({ grantsById, grantsByPlace }: EscrowFold, id: GrantId): void {
  const closed = grantsById.get(id);
  if (!closed) return;
  grantsById.delete(id);
  const place = placeOf(closed.holder, closed.root, closed.key);
  const others = (grantsByPlace.get(place) ?? []).filter((one) => one !== closed);
  if (others.length > 0) grantsByPlace.set(place, others);
  else grantsByPlace.delete(place);
}

/** As plain JSON. Cost: O(open grants + keys). */
export function escrowToJson({ grantsById, totalsByPlace }: EscrowFold): Json {
  const facts = [...grantsById.values(), ...totalsByPlace.values()];
  return facts.map((fact) => ({ ...fact }));
}

/** What `escrowToJson` gave, or nothing yet. */
export function escrowFromJson(json: Json | undefined): EscrowFold {
  const fold = emptyEscrowFold();
  const facts = (json ?? []) as unknown as readonly (GrantFact | EscrowFact)[];
  for (const fact of facts) foldEscrowFact(fold, fact);
  return fold;
}

function placeOf(...names: readonly string[]): string {
  return names.join('\u0000');
}
