// What of a primary's state does a checkpoint keep, and in which form? Said for every field there is: one
// that is forgotten here does not compile.
// @see docs/adr/0016-checkpoints-and-versions.md
import type { Json } from '../bytes/canonical-json.ts';
import type { CausalPlace } from '../causality/context.ts';
import { foldFromJson, foldToJson } from '../coordination/fold.ts';
import type { OperationSummary } from '../coordination/operation-summary.ts';
import { rightsFromJson, rightsToJson } from '../escrow/rights-json.ts';
import type { RightsLedger } from '../escrow/rights-ledger.ts';
import type { EffectId, OperationId, WriterId } from '../identity.ts';
import type { Kept, KnownOperation, Reading, Writing } from './checkpoint-io.ts';
import { at, vectorIndex } from './checkpoint-io.ts';
import { ruleReads } from './checkpoint-reads.ts';
import { watchedEffects } from './checkpoint-watched.ts';
import { auditWindow } from './checkpoint-window.ts';
import type { PendingEffect } from './outbox-state.ts';
import { emptyOutbox } from './outbox-state.ts';
import type { CaseWork, KeyedOperation, PrimaryState, SagaTouch } from './primary-state.ts';

/** `given`: by whoever opens it. `fresh`: as at the start. */
type Handling<T> = Kept<T> | 'given' | 'fresh';

function plain<T>(): Kept<T> {
  return { write: (value) => value as unknown as Json, read: (json) => json as unknown as T };
}

function mapOf<K extends string, V>(one: Kept<V>): Kept<Map<K, V>> {
  return {
    write: (map, to) => [...map].map(([key, value]) => [key, one.write(value, to)]),
    read(json, from) {
      const rows = json as unknown as readonly (readonly [K, Json])[];
      return new Map(rows.map(([key, value]) => [key, one.read(value, from)]));
    },
  };
}

function listOf<T>(one: Kept<T>): Kept<T[]> {
  return {
    write: (list, to) => list.map((value) => one.write(value, to)),
    read: (json, from) => (json as unknown as readonly Json[]).map((row) => one.read(row, from)),
  };
}

const since: Kept<number> = {
  write: (atMs, { nowMs }) => atMs - nowMs,
  read: (json, { nowMs }) => nowMs + Number(json),
};

const vector: Kept<Map<WriterId, number>> = {
  write: (map, to) => vectorIndex(map, to),
  read: (json, { vectors }) => at(vectors, json),
};

/** What it did to a sum is its key's own. */
const operation: Kept<KeyedOperation> = {
  write({ summary, place, isMending, margin, weight }, to) {
    const known = to.operations.get(summary);
    const index = known?.index ?? to.operations.size;
    if (!known) to.operations.set(summary, { index, row: operationRow({ summary, place }, to) });
    return [index, isMending, margin ?? null, weight ?? null];
  },
  read(json, { operations }) {
    const [index, isMending, margin, weight] = json as unknown as readonly [
      ...[number, boolean, number | null, number | null],
    ];
    const known = { margin: margin ?? undefined, weight: weight ?? undefined };
    return { ...at(operations, index), isMending, ...known };
  },
};

const work: Kept<CaseWork> = {
  write: (one, to) => ({ ...one, openedMs: since.write(one.openedMs, to) }) as unknown as Json,
  read(json, from) {
    const one = json as unknown as CaseWork;
    return { ...one, openedMs: since.read(one.openedMs, from) };
  },
};

const rights: Kept<RightsLedger> = {
  write: (ledger, { nowMs }) => rightsToJson(movedBy(ledger, -nowMs)),
  read: (json, { nowMs }) => movedBy(rightsFromJson(json), nowMs),
};

/** The ledger by another clock, independent of it. */
function movedBy(ledger: RightsLedger, ms: number): RightsLedger {
  const move = (grants: RightsLedger['liveById']): RightsLedger['liveById'] =>
    new Map(
      [...grants].map(([id, { expiresMs, ...grant }]) => [
        id,
        { ...grant, expiresMs: expiresMs === undefined ? undefined : expiresMs + ms },
      ]),
    );
  return { ...ledger, liveById: move(ledger.liveById), closedById: move(ledger.closedById) };
}

const sagaTouch: Kept<SagaTouch> = {
  write: ({ namesByStep, laterByStep }) =>
    ({
      names: [...namesByStep].map(([step, names]) => [step, [...names]]),
      later: [...laterByStep],
    }) as unknown as Json,
  read(json) {
    const { names, later } = json as unknown as {
      readonly names: readonly (readonly [number, readonly string[]])[];
      readonly later: readonly (readonly [number, readonly OperationSummary[]])[];
    };
    return {
      namesByStep: new Map(names.map(([step, list]) => [step, new Set(list)])),
      laterByStep: new Map(later.map(([step, list]) => [step, [...list]])),
    };
  },
};

const pendingEffects = mapOf<EffectId, PendingEffect>({
  write: (one, to) => {
    const times = {
      readyMs: since.write(one.readyMs, to),
      leaseEndsMs: since.write(one.leaseEndsMs, to),
    };
    return { ...one, ...times } as unknown as Json;
  },
  read(json, from) {
    const one = json as unknown as PendingEffect;
    const [readyMs, leaseEndsMs] = [one.readyMs, one.leaseEndsMs].map((ms) => since.read(ms, from));
    return { ...one, readyMs: readyMs ?? 0, leaseEndsMs: leaseEndsMs ?? 0, isCalled: false };
  },
});

export const checkpointFields: {
  readonly [K in keyof PrimaryState]-?: Handling<PrimaryState[K]>;
} = {
  definition: 'given',
  previous: 'given',
  verdicts: 'given',
  id: 'given',
  document: 'given', // Its content is loaded into it, from bytes of its own.
  author: 'given',
  hash: 'given',
  rolesOf: 'given',
  actsOutside: 'given',
  epoch: 'given',
  position: plain(),
  namedPosition: plain(),
  operationPosition: plain(),
  resultPosition: plain(),
  chain: 'fresh', // Whoever starts is a new writer: nothing ever continues an old chain.
  fold: { write: foldToJson, read: foldFromJson },
  facts: plain(),
  // Whole: what somebody does who was cut off for a year is concurrent with all of that year.
  history: mapOf(listOf(operation)),
  cases: mapOf(work),
  healed: listOf(work),
  inherited: mapOf(vector),
  intents: mapOf(plain()),
  proceeded: {
    write: (ids) => [...ids],
    read: (json) => new Set(json as unknown as readonly OperationId[]),
  },
  recalledSinceMs: mapOf(since),
  claimedSinceMs: mapOf(since),
  effectsById: mapOf(plain()),
  sagaRetryAtMs: mapOf(since),
  sagaTouch: mapOf(sagaTouch),
  rights: mapOf({
    write: ({ root, key, ledger }, to) => ({ root, key, ledger: rights.write(ledger, to) }),
    read(json, from) {
      const { root, key, ledger } = json as unknown as { root: string; key: string; ledger: Json };
      return { root, key, ledger: rights.read(ledger, from) };
    },
  }),
  placeByGrant: mapOf(plain()),
  outbox: {
    write: ({ pendingById }, to) => pendingEffects.write(pendingById, to),
    // Whom this process called nobody hears any more; the leases of those calls go on.
    read: (json, from) => ({ ...emptyOutbox(), pendingById: pendingEffects.read(json, from) }),
  },
  asked: 'fresh', // Of one step.
  window: auditWindow,
  dedupIndex: mapOf(plain()),
  watched: watchedEffects,
  guardedRoots: 'fresh', // The application's own.
  guarded: 'fresh', // What was looked at is looked at again.
  reads: ruleReads,
  append: 'fresh', // Either its entries come after the checkpoint, or it never happened.
};

type Names<T> = readonly (keyof T & string)[];

/** Every field of it, in the order of its columns. */
const summaryColumns = Object.keys({
  ...{ id: true, name: true, args: true, replica: true, user: true, mode: true, wallMs: true },
  ...{ position: true, externalised: true, dedupKey: true },
} satisfies Record<keyof Required<OperationSummary>, true>) as Names<OperationSummary>;

const placeColumns = Object.keys({
  ...{ position: true, writer: true, seq: true, seen: true, inherited: true },
} satisfies Record<keyof Required<CausalPlace>, true>) as Names<CausalPlace>;

/** A field that somebody adds to these has no place in a row yet: then this does not compile. */
const keyedParts = {
  summary: summaryColumns,
  place: placeColumns,
} satisfies Record<keyof Required<KnownOperation>, readonly string[]>;

function operationRow({ summary, place }: KnownOperation, to: Writing): Json {
  const columns = { ...place, inherited: vectorIndex(place.inherited, to) };
  return [
    ...keyedParts.summary.map((name) => (summary[name] ?? null) as Json),
    ...keyedParts.place.map((name) => columns[name] as Json),
  ];
}

/** What {@link operationRow} wrote. */
export function readOperationRow(row: Json, vectors: Reading['vectors']): KnownOperation {
  const values = row as unknown as readonly Json[];
  const read = (names: readonly string[], from: number): object =>
    Object.fromEntries(names.map((name, index) => [name, values[from + index]]));
  const { summary, place } = keyedParts;
  const columns = read(place, summary.length) as Omit<CausalPlace, 'inherited'> & {
    readonly inherited: number;
  };
  const { dedupKey, ...said } = read(summary, 0) as OperationSummary & { dedupKey: string | null };
  return {
    summary: { ...said, ...(dedupKey !== null && { dedupKey }) },
    place: { ...columns, inherited: at(vectors, columns.inherited) },
  };
}
