// Claims on slots: `['+', slots, picked, value]` claims the slot at index `picked` of a preference
// list, `['-', claim]` releases a claim. Verdicts move or void what lost (ARCHITECTURE §3).
import type { Claim, Claims } from '../app/contended.ts';
import type { Json } from '../bytes/canonical-json.ts';
import type { Entry, OrderedEntries } from './entry.ts';
import { byCommitThenArrival, insertEntry, isVoid, removeEntry } from './entry.ts';
import type { RootAccess, RootLedger, RootParts } from './root-ledger.ts';
import { trustJson } from './root-ledger.ts';

type ClaimValue = readonly ['+', readonly string[], number, Json];
type Release = readonly ['-', string];

/** Owned by one root; only its ledger writes it. */
interface ClaimState {
  readonly claimsById: Map<string, Entry>;
  /** An operation that releases before it claims has its claim under another id than its own. */
  readonly firstByOperation: Map<string, Entry>;
  readonly holders: OrderedEntries;
  /** How many releases name a claim: they may come before it, and may be voided again. */
  readonly releasesById: Map<string, number>;
}

/** The claims of one root and their ledger. */
export function createClaims<T>(access: RootAccess): RootParts<Claims<T>> {
  const state: ClaimState = {
    claimsById: new Map(),
    firstByOperation: new Map(),
    holders: new Map(),
    releasesById: new Map(),
  };
  return { ledger: claimsLedger(state, access), writer: claimsWriter<T>(state, access) };
}

function claimsLedger(state: ClaimState, access: RootAccess): RootLedger {
  const { claimsById, firstByOperation, holders, releasesById } = state;
  const take = (claim: Entry, change: typeof insertEntry): void => {
    const slot = slotOf(claim);
    if (slot === undefined) return;
    change(holders, slot, claim, byCommitThenArrival);
    access.noteTouch(slot);
  };
  const release = (id: string, change: 1 | -1): void => {
    const count = (releasesById.get(id) ?? 0) + change;
    if (count === 0) releasesById.delete(id);
    else releasesById.set(id, count);
    const claim = claimsById.get(id);
    if (claim && change === 1 && count === 1) take(claim, removeEntry);
    if (claim && change === -1 && count === 0) take(claim, insertEntry);
  };
  return {
    kind: 'claims',
    isOrdered: true,
    isEntry: (value) => isClaim(value) || isRelease(value),
    count(entry) {
      if (isRelease(entry.value)) {
        if (!isVoid(entry)) release(entry.value[1], 1);
        return;
      }
      claimsById.set(entry.id, entry); // A void claim stays: its owner is told what became of it.
      const { operation } = entry.group;
      const first = firstByOperation.get(operation);
      if (!first || entry.index < first.index) firstByOperation.set(operation, entry);
      if (!releasesById.has(entry.id)) take(entry, insertEntry);
    },
    discount(entry) {
      if (isRelease(entry.value)) {
        if (!isVoid(entry)) release(entry.value[1], -1);
        return;
      }
      claimsById.delete(entry.id);
      if (firstByOperation.get(entry.group.operation) === entry) {
        firstByOperation.delete(entry.group.operation); // All of a group leave before they return.
      }
      if (!releasesById.has(entry.id)) take(entry, removeEntry);
    },
    content: () =>
      [...claimsById.values()]
        .filter((claim) => !releasesById.has(claim.id))
        .map((claim) => toClaim<Json>(claim))
        .sort((a, b) => (a.id < b.id ? -1 : 1))
        .map(({ id, value, slot, verdict }) => ({ id, value, verdict, slot })),
  };
}

function claimsWriter<T>(state: ClaimState, access: RootAccess): RootParts<Claims<T>>['writer'] {
  const { claimsById, firstByOperation, holders, releasesById } = state;
  const isFree = (slot: string): boolean => !holders.has(slot);
  const held = (slot: string): readonly Entry[] => holders.get(slot) ?? [];
  const find = (id: string): Entry | undefined => {
    const claim = claimsById.get(id) ?? firstByOperation.get(id);
    return claim && releasesById.has(claim.id) ? undefined : claim;
  };
  return {
    all() {
      access.noteRead(undefined);
      return [...claimsById.values()]
        .filter((claim) => !releasesById.has(claim.id))
        .map((claim) => toClaim<T>(claim));
    },
    get(id) {
      const claim = find(id);
      // Without a slot there is no key under which a later change would be reported.
      access.noteRead(claim && slotOf(claim));
      return claim && toClaim<T>(claim);
    },
    at(slot) {
      access.noteRead(slot);
      const first = held(slot)[0];
      return first && toClaim<T>(first);
    },
    holders(slot) {
      access.noteRead(slot);
      return held(slot).map((claim) => toClaim<T>(claim));
    },
    claim(slots, value) {
      const picked = Math.max(0, slots.findIndex(isFree));
      access.write(['+', [...slots], picked, value]);
    },
    release(id) {
      access.requireRun();
      const claim = find(id);
      if (claim) access.write(['-', claim.id]);
    },
    settle(slot) {
      access.requireRun();
      const [first, ...others] = held(slot);
      // One that was moved here keeps that verdict: `ok` would send it back to its first choice.
      if (first && verdictOf(first) === 'tentative') access.decide(first, 'ok');
      for (const claim of others) {
        const next = slotsOf(claim).find((wanted) => wanted !== slot && isFree(wanted));
        if (next === undefined) access.decide(claim, 'void');
        else access.decide(claim, 'moved', next);
      }
      return others.map((claim) => toClaim<T>(claim));
    },
  };
}

function toClaim<T>(claim: Entry): Claim<T> {
  const value = isClaim(claim.value) ? claim.value[3] : undefined;
  return {
    id: claim.id,
    value: trustJson<T>(value),
    slot: slotOf(claim),
    verdict: verdictOf(claim),
  };
}

function verdictOf(claim: Entry): Claim<unknown>['verdict'] {
  if (isVoid(claim)) return 'void';
  return claim.verdict?.verdict ?? (claim.group.verdict === 'ok' ? 'ok' : 'tentative');
}

function slotOf(claim: Entry): string | undefined {
  if (isVoid(claim)) return undefined;
  if (claim.verdict?.verdict === 'moved') return claim.verdict.slot;
  return isClaim(claim.value) ? claim.value[1][claim.value[2]] : undefined;
}

function slotsOf(claim: Entry): readonly string[] {
  return isClaim(claim.value) ? claim.value[1] : [];
}

function isClaim(value: Json): value is ClaimValue {
  if (!Array.isArray(value) || value.length !== 4 || value[0] !== '+') return false;
  const slots: unknown = value[1];
  if (!Array.isArray(slots) || !slots.every((slot) => typeof slot === 'string')) return false;
  return Number.isInteger(value[2]) && value[2] >= 0 && value[2] < slots.length;
}

function isRelease(value: Json): value is Release {
  return (
    Array.isArray(value) && value.length === 2 && value[0] === '-' && typeof value[1] === 'string'
  );
}
