// What the log says of commits that could have broken a rule in another order, and of those of which
// nobody knows. Reported, and nothing more: no case, no compensation.
import type { Json } from '../bytes/canonical-json.ts';
import type { OperationId, ViolationId } from '../identity.ts';
import type { PossibleFact, PossibleUnknownFact } from './case-facts.ts';

/** Owned and changed by the fold it is part of. */
export interface PossibleFold {
  readonly factsById: Map<ViolationId, PossibleFact>;
  /** By operation, invariant and key. */
  readonly unknownByName: Map<string, PossibleUnknownFact>;
}

/** What people see of it, in commit order. */
export interface PossibleFindings {
  readonly found: readonly PossibleFact[];
  /** Of these nobody knows, and never will. */
  readonly unknown: readonly PossibleUnknownFact[];
}

/** Cost: O(findings). */
export function possibleFindings({ factsById, unknownByName }: PossibleFold): PossibleFindings {
  return { found: [...factsById.values()], unknown: [...unknownByName.values()] };
}

export function emptyPossibleFold(): PossibleFold {
  return { factsById: new Map(), unknownByName: new Map() };
}

/** Adds one fact. Cost: O(1). */
export function foldPossibleFact(
  { factsById, unknownByName }: PossibleFold,
  fact: PossibleFact | PossibleUnknownFact,
): void {
  if (fact.fact === 'possible') factsById.set(fact.id, fact);
  else unknownByName.set(nameOf(fact), fact);
}

/** True where the log has said so already. Cost: O(1). */
export function isPossibleTold(
  { factsById, unknownByName }: PossibleFold,
  fact: PossibleFact | PossibleUnknownFact,
): boolean {
  return fact.fact === 'possible' ? factsById.has(fact.id) : unknownByName.has(nameOf(fact));
}

/** True where there is anything: most applications record no such thing, and store none. */
export function hasPossible({ factsById, unknownByName }: PossibleFold): boolean {
  return factsById.size + unknownByName.size > 0;
}

/** As plain JSON. Cost: O(facts). */
export function possibleToJson({ factsById, unknownByName }: PossibleFold): Json {
  const facts = [...factsById.values(), ...unknownByName.values()];
  return facts.map((fact) => ({ ...fact })) as unknown as Json;
}

/** What `possibleToJson` gave, or nothing yet. */
export function possibleFromJson(json: Json | undefined): PossibleFold {
  const fold = emptyPossibleFold();
  const facts = (json ?? []) as unknown as readonly (PossibleFact | PossibleUnknownFact)[];
  for (const fact of facts) foldPossibleFact(fold, fact);
  return fold;
}

interface Named {
  readonly invariant: string;
  readonly key: string;
  readonly operation: OperationId;
}

function nameOf({ invariant, key, operation }: Named): string {
  return [operation, invariant, key].join('\u0000');
}
