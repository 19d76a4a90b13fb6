// What this device may spend, and asking for more in time: while connected, so that there is something
// to spend when the line is cut.
import type { Decision } from '../causality/change.ts';
import { escrowTotals, grantsHeld } from '../coordination/escrow-fold.ts';
import type { GrantFact } from '../coordination/rights-facts.ts';
import type { OperationId } from '../identity.ts';
import { engineRequests } from '../intents/intent.ts';
import { startIntent } from '../intents/keep-intents.ts';
import type { Moment } from '../moment.ts';
import type { KnownRights, ProposedRights } from '../partition/decide.ts';
import { askStore } from '../queue/ask-store.ts';
import type { RightsAsked, RightsRow } from '../queue/stored.ts';
import type { ReplicaState, RightsWanted } from '../replica-state.ts';
import type { SpentRow } from './grant.ts';
import type { Holding } from './holder.ts';
import { canGiveBack, holderTermMs, refillAmount, remainingRights } from './holder.ts';
import type { Place } from './place.ts';
import { placeName } from './place.ts';
import { moveRights } from './reserve-rights.ts';

/** How long what was spent may take to the relay before the grant ends. */
const uploadMs = 60_000;

export function rightsKnown(state: ReplicaState, moment: Moment): KnownRights {
  return {
    remaining: (root, key) => remainingRights(holdingOf(state, { root, key }, moment)),
  };
}

/** The grants to take from, for the store's own transaction. */
export function rightsAsked(
  state: ReplicaState,
  rights: readonly ProposedRights[],
  moment: Moment,
): readonly RightsAsked[] {
  return rights
    .filter(({ amount }) => amount > 0)
    .map(({ invariant, root, key, amount }) => {
      const { grants } = holdingOf(state, { root, key }, moment);
      return { invariant, root, key, amount, grants };
    });
}

function holdingOf(state: ReplicaState, { root, key }: Place, moment: Moment): Holding {
  if (state.rights.isLost) return { grants: [], rows: [] };
  const holder = state.author.replica;
  const grants = grantsHeld(state.fold.escrow, { holder, root, key })
    .filter((fact) => isFirm(state, fact, moment))
    .map(({ grant, amount }) => ({ id: grant, amount }));
  return { grants, rows: state.rights.rows };
}

/** Where what comes late is void, a device stops in time; one that was reloaded does not know when. */
function isFirm(state: ReplicaState, { root, grant, lastsMs }: GrantFact, moment: Moment): boolean {
  const isHard = state.document.boundedRoots().get(root)?.reclaim === 'hard';
  if (!isHard || lastsMs === undefined) return true;
  const seenMs = state.rights.seenMs.get(grant);
  if (seenMs === undefined) return false;
  return moment.monotonicMs < seenMs + holderTermMs(lastsMs, uploadMs);
}

/**
 * Between which values the truth lies: what others hold, or held and may have spent, may be gone; own
 * spends are in `value` already, and so is what this device holds and has not spent.
 */
export function intervalKnown(
  state: ReplicaState,
  place: Place,
  value: number,
): { readonly low: number; readonly high: number } {
  const totals = escrowTotals(state.fold.escrow, place);
  const { outstanding = 0, suspense = 0 } = totals ?? {};
  const { replica: holder } = state.author;
  const own = grantsHeld(state.fold.escrow, { holder, ...place });
  const ownLeft = own.reduce((sum, { amount }) => sum + amount, 0) - ownSpent(state, own);
  return { low: value - Math.max(0, outstanding - ownLeft) - suspense, high: value };
}

/** Of these grants, as far as the primary has counted it. */
function ownSpent({ rights }: ReplicaState, grants: readonly GrantFact[]): number {
  const ids = new Set(grants.map(({ grant }) => grant));
  const counted = rights.rows.filter(({ grant, state }) => ids.has(grant) && state === 'committed');
  return counted.reduce((sum, { amount }) => sum + amount, 0);
}

/** What the store took for an operation. */
export function noteReserved(
  state: ReplicaState,
  operation: OperationId,
  rows: readonly SpentRow[],
): void {
  const { writer } = state.author;
  const fresh = rows.map((row): RightsRow => ({ ...row, operation, writer, state: 'reserved' }));
  state.rights.rows = [...state.rights.rows, ...fresh];
  state.rights.isStale = true;
}

/** Their operations moved on; the numbers stay used. */
export function noteRightsMoved(
  state: ReplicaState,
  operations: readonly OperationId[],
  to: RightsRow['state'],
): void {
  if (state.rights.rows.length === 0 || operations.length === 0) return;
  state.rights.rows = moveRights(state.rights.rows, new Set(operations), to);
}

/** What the device keeps, as read at opening or after another tab changed it. */
export function followRights(state: ReplicaState, rows: readonly RightsRow[]): void {
  state.rights.rows = rows;
  state.rights.isStale = true;
}

/** The log gave or closed grants: when they came, and what need not be kept any more. */
function noteGrants(state: ReplicaState, moment: Moment): void {
  for (const grant of state.fold.escrow.grantsById.keys()) {
    if (!state.rights.seenMs.has(grant)) state.rights.seenMs.set(grant, moment.monotonicMs);
  }
  const { grantsById } = state.fold.escrow;
  const closed = [...new Set(state.rights.rows.map(({ grant }) => grant))].filter(
    (grant) => !grantsById.has(grant),
  );
  if (closed.length > 0) askStore(state, { type: 'forget-grants', grants: closed });
}

/** An operation spends here: so much is to be kept at hand from now on. */
export function wantRights(state: ReplicaState, rights: readonly ProposedRights[]): void {
  for (const { root, key, amount, lowWater, target } of rights) {
    const name = placeName({ root, key });
    const { request } = state.rights.wanted.get(name) ?? { request: undefined };
    state.rights.wanted.set(name, { root, key, amount, lowWater, target, request });
  }
}

/** Asks the primary for rights that run low. One request at a time for each key. */
export function askForRights(state: ReplicaState, moment: Moment): void {
  const { link, mode, frozen, rights } = state;
  const isReachable = mode === 'connected' && link.isSubscribed && link.hasPrimary && !frozen;
  if (rights.wanted.size === 0 || !isReachable) return;
  for (const [name, wanted] of rights.wanted) {
    const { request } = wanted;
    if (request && state.intents.has(request)) continue;
    if (request && state.fold.refusedById.has(request)) {
      rights.wanted.delete(name); // There are none: the next operation that needs some asks again.
      continue;
    }
    const missing = refillOf(state, wanted, moment);
    if (missing > 0)
      rights.wanted.set(name, { ...wanted, request: ask(state, wanted, missing, moment) });
  }
  if (rights.isStale) giveBackEnded(state, moment);
}

function refillOf(state: ReplicaState, wanted: RightsWanted, moment: Moment): number {
  const { lowWater, target } = wanted;
  return refillAmount(holdingOf(state, wanted, moment), { lowWater, target });
}

function ask(state: ReplicaState, { root, key }: Place, amount: number, moment: Moment) {
  return request(state, engineRequests.rights, { root, key, amount }, moment);
}

/** What is not spent from any more goes back, once the log has all that was. */
function giveBackEnded(state: ReplicaState, moment: Moment): void {
  const { fold, author, rights } = state;
  for (const fact of fold.escrow.grantsById.values()) {
    const isOurs = fact.holder === author.replica && !rights.isLost;
    if (!isOurs || (isFirm(state, fact, moment) && !isUsedUp(fact, rights.rows))) continue;
    const isAsked = [...state.intents.values()].some(
      ({ intent }) => intent.name === engineRequests.giveBack && intent.subjects[0] === fact.grant,
    );
    if (isAsked || !canGiveBack(fact.grant, rights.rows)) continue;
    request(state, engineRequests.giveBack, { grant: fact.grant }, moment);
  }
}

/** Some of its numbers may have been for operations that never came to be. */
function isUsedUp({ grant: id, amount }: GrantFact, rows: readonly RightsRow[]): boolean {
  return remainingRights({ grants: [{ id, amount }], rows }) === 0;
}

function request(
  state: ReplicaState,
  name: string,
  args: { readonly [field: string]: string | number },
  moment: Moment,
): OperationId {
  state.rights.asked += 1;
  const operation = `g:${state.author.writer}:${state.rights.asked}` as OperationId;
  const { mode, author } = state;
  const decision: Decision = { mode, cell: 'safe', invariant: '*', reason: 'engine' };
  state.receipts.set(operation, { type: 'deciding' });
  startIntent(state, {
    ...{ operation, name, args, decision, wallMs: moment.wallMs, writer: author.writer },
    subjects: [String(args['grant'] ?? args['key'])],
    expiresWallMs: undefined,
    dependsOn: [],
    state: 'waiting',
  });
  return operation;
}

/** Tells the view what may be spent here now. Cost: O(places held), where anything changed. */
export function tellRights(state: ReplicaState, moment: Moment): void {
  const { rights, fold, author } = state;
  if (!rights.isStale) return;
  rights.isStale = false;
  noteGrants(state, moment);
  for (const { holder, root, key } of fold.escrow.grantsById.values()) {
    if (holder === author.replica) rights.told.set(placeName({ root, key }), { root, key });
  }
  const bounded = state.document.boundedRoots();
  for (const place of rights.told.values()) {
    if (!bounded.has(place.root)) continue; // An older version of the application declared it.
    const remaining = remainingRights(holdingOf(state, place, moment));
    state.document.setRights(place.root, place.key, remaining);
  }
}
