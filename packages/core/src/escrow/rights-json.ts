// A ledger of rights as plain JSON, for audit checkpoints: a primary that starts anew goes on with it.
import type { Bounds } from '../app/contended.ts';
import type { Json } from '../bytes/canonical-json.ts';
import type { Grant } from './grant.ts';
import type { RightsLedger } from './rights-ledger.ts';
import { assertIdentity } from './rights-ledger.ts';

interface KeptLedger {
  readonly bounds: Bounds;
  readonly value: number;
  readonly pool: number;
  readonly debt: number;
  readonly grants: readonly Grant[];
}

/** The whole ledger, independent of it. Cost: O(grants and spends of the key). */
export function rightsToJson(ledger: RightsLedger): Json {
  const { bounds, value, pool, debt, liveById, closedById } = ledger;
  const grants = [...liveById.values(), ...closedById.values()].map((grant) => ({
    ...grant,
    spent: grant.spent.map((range) => ({ ...range })),
  }));
  return { bounds, value, pool, debt, grants } as unknown as Json;
}

/**
 * What `rightsToJson` gave; the bytes around it are checksummed, so the form is trusted here. Bug
 * `rights-identity` when it does not add up. Cost: as above.
 */
export function rightsFromJson(json: Json): RightsLedger {
  const { grants, ...kept } = json as unknown as KeptLedger;
  const ledger: RightsLedger = { ...kept, liveById: new Map(), closedById: new Map() };
  for (const { expiresMs, ...grant } of grants) {
    const byId = grant.state === 'closed' ? ledger.closedById : ledger.liveById;
    byId.set(grant.id, { ...grant, expiresMs, spent: [...grant.spent] });
  }
  assertIdentity(ledger);
  return ledger;
}
