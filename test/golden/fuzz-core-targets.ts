// The core's own formats beside changes: what is folded from them, and what replicas keep.
import {
  ByteReader,
  ByteWriter,
  bytesToJson,
  bytesToText,
  type CaseId,
  canonicalJson,
  decodeFacts,
  decodeSnapshot,
  EntryLedger,
  emptyFold,
  encodeFacts,
  encodeSnapshot,
  type Fact,
  foldFact,
  foldFromJson,
  foldToJson,
  type GrantId,
  type Json,
  jsonToBytes,
  openRecord,
  readLedger,
  restoreLedger,
  saveLedger,
  sealRecord,
  textToBytes,
  type ViolationId,
} from '@causeway/core';
import type { Random } from '@causeway/testkit';
import { cannotWrite, operation } from './fuzz-change-targets.ts';
import { mutateJson } from './fuzz-json.ts';
import { attempt, drawMutant, type FuzzTarget, requireSame, samplesOf } from './fuzz-target.ts';
import { goldenFacts, goldenSnapshot } from './golden-changes.ts';
import { authorA, hashOf, log, replicaA } from './golden-messages.ts';
import { goldenOutboxFacts } from './golden-outbox.ts';

/** `stepReplica` promises it: nothing that a peer says makes it throw. */
export const cannotFold = 'facts that were read cannot be folded';

/** A snapshot of another shape than ours, under a checksum that is right. */
export const cannotReadShape = 'a snapshot of an unknown shape';

export const coreTargets = (): readonly FuzzTarget[] => [
  facts,
  snapshots,
  ledgers,
  sealedRecords,
  texts,
];

const summary = {
  id: operation('1'),
  name: 'withdraw',
  args: { account: 'ann', cents: 8000 },
  replica: replicaA,
  user: 'anonymous',
  mode: 'partitioned',
  wallMs: 1_800_000_000_000,
  position: 3,
  externalised: true,
} as const;
const caseOne = 'k:one' as CaseId;

const sampleGrants = ['g:1', 'g:2'].map(
  (id): Fact => ({
    ...{ fact: 'grant', grant: id as GrantId, root: 'stock', key: 'x', holder: replicaA },
    ...{ amount: 5, lastsMs: 60_000 },
  }),
);

/** One fact of each kind. */
export const sampleFacts: readonly Fact[] = [
  { fact: 'audited', upTo: 9 },
  { fact: 'refused', operation: operation('2'), code: 'requires', reason: 'full' },
  { fact: 'stale', operation: operation('3'), reason: 'empty' },
  { fact: 'forged-entry', position: 4, root: 'balance', entry: 'x' },
  { fact: 'verdict', verdict: { operation: operation('1'), verdict: 'moved', slot: 'b' } },
  {
    ...{ fact: 'violation', id: 'v:one' as ViolationId, case: caseOne, invariant: 'covered' },
    ...{ key: 'ann', from: 0, to: 60, fault: 'concurrent', position: 3 },
    ...{ trigger: summary, participants: [summary] },
  } as Fact,
  {
    ...{ fact: 'case', id: caseOne, state: 'compensated', deficit: 0 },
    ...{ compensation: operation('4'), affected: [summary] },
  } as Fact,
  ...sampleGrants,
  { fact: 'grant-closed', grant: 'g:2' as GrantId, why: 'reclaimed' },
  { fact: 'escrow', root: 'stock', key: 'x', pool: 3, outstanding: 5, suspense: 2, debt: 1 },
  ...Object.values(goldenFacts),
  ...Object.values(goldenOutboxFacts),
];

const factSamples = samplesOf([encodeFacts(sampleFacts), encodeFacts([])]);

const facts: FuzzTarget = {
  name: 'coordination facts',
  share: 8,
  draw(random) {
    if (random.below(4) === 0) return drawMutant(factSamples, random);
    return textToBytes(mutateJson(sampleFacts, random));
  },
  take(input) {
    const decoded = decodeFacts(input);
    if (!decoded) return 'refused';
    const fold = emptyFold();
    attempt(cannotFold, () => {
      for (const fact of decoded) foldFact(fold, fact);
    });
    const kept = bytesToJson(attempt(cannotWrite, () => jsonToBytes(foldToJson(fold))));
    if (kept === undefined) throw new Error('a fold that was stored cannot be read');
    foldFromJson(kept);
    return 'accepted';
  },
};

function sampleSnapshot(): Parameters<typeof encodeSnapshot>[0] {
  const fold = emptyFold();
  for (const fact of sampleFacts) foldFact(fold, fact);
  const hashes = { prefixHash: hashOf(1), digest: hashOf(2) };
  return {
    head: { log, epoch: 1, position: 9, ...hashes, namedPosition: 8 },
    roster: [{ record: authorA, seq: 4, hash: hashOf(3) }],
    fold,
    auditDuePosition: 9,
    awaiting: [[operation('1'), 3]],
    intents: goldenSnapshot().intents,
    document: new Uint8Array([1, 2, 3]),
  };
}

const snapshotSample = encodeSnapshot(sampleSnapshot());
/** In the order in which they are written. */
const snapshotIntents = (() => {
  const reader = new ByteReader(snapshotSample);
  reader.byte();
  return (bytesToJson(reader.bytes()) as { readonly intents: Json } | undefined)?.intents;
})();

const snapshots: FuzzTarget = {
  name: 'replica snapshots',
  share: 6,
  draw(random) {
    if (random.below(2)) return drawMutant([snapshotSample], random);
    const reader = new ByteReader(snapshotSample);
    const format = reader.byte();
    // Of the rest the form is trusted: only what is new in it may be of another version.
    const intents = mutateJson(snapshotIntents, random);
    const json = bytesToText(reader.bytes())?.replace(JSON.stringify(snapshotIntents), intents);
    return new ByteWriter()
      .byte(format)
      .text(json ?? '')
      .bytes(reader.bytes())
      .done();
  },
  take(input) {
    const snapshot = attempt(cannotReadShape, () => decodeSnapshot(input));
    if (!snapshot) return 'refused';
    attempt(cannotReadShape, () => decodeSnapshot(encodeSnapshot(snapshot)));
    return 'accepted';
  },
};

function openLedger(): EntryLedger {
  const ledger = new EntryLedger();
  ledger.counter('balance');
  ledger.addWinsSet('tags');
  ledger.claims('slots');
  ledger.register('field');
  ledger.roots.seal();
  return ledger;
}

function sampleLedger(): Uint8Array {
  const ledger = openLedger();
  const [balance, tags, slots, field] = [
    ledger.counter('balance'),
    ledger.addWinsSet<number>('tags'),
    ledger.claims<{ who: string }>('slots'),
    ledger.register<number>('field'),
  ];
  for (const digit of ['1', '2', '3']) {
    ledger.begin(operation(digit));
    balance.add('ann', -20);
    tags.put('red', Number(digit));
    slots.claim(['10:00', '11:00'], { who: digit });
    field.set('page', Number(digit));
    ledger.commit();
  }
  ledger.place(operation('1'), 7);
  ledger.judge([{ operation: operation('2'), verdict: 'void' }]);
  return saveLedger(ledger, []);
}

const ledgerSample = sampleLedger();

const ledgers: FuzzTarget = {
  name: 'entry ledgers',
  share: 8,
  draw: (random) => (random.below(4) ? drawMutant([ledgerSample], random) : drawLyingLists(random)),
  take(input) {
    const saved = readLedger(input);
    if (!saved) return 'refused';
    const ledger = openLedger();
    restoreLedger(ledger, saved, []);
    attempt(cannotWrite, () => {
      for (const root of ledger.roots.names()) canonicalJson(ledger.roots.content(root));
      saveLedger(ledger, []);
    });
    return 'accepted';
  },
};

/** Lists that claim more than they hold. */
function drawLyingLists(random: Random): Uint8Array {
  const writer = new ByteWriter().byte(1);
  for (let list = random.below(5); list >= 0; list--) {
    writer.uint(random.pick([0, 0, 1, 2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER]));
  }
  return writer.fixed(random.bytes(random.below(20))).done();
}

const recordSamples = samplesOf([sealRecord(new Uint8Array(0)), sealRecord(textToBytes('abc'))]);

const sealedRecords: FuzzTarget = {
  name: 'sealed records',
  share: 4,
  draw: (random) => drawMutant(recordSamples, random),
  take(input) {
    const bytes = openRecord(input);
    if (!bytes) return 'refused';
    requireSame('the record, sealed again', sealRecord(bytes), new Uint8Array(input));
    return 'accepted';
  },
};

const textSamples = samplesOf(['{"a":[1,"é\\u0000"]}', '"\ufeff𝄞"', '[[[]]]'].map(textToBytes));

const texts: FuzzTarget = {
  name: 'text and JSON',
  share: 6,
  draw(random) {
    if (random.below(2)) return drawMutant(textSamples, random);
    return textToBytes(mutateJson({ a: ['x', { b: null }], c: { 0: -1.5 } }, random));
  },
  take(input) {
    const text = bytesToText(input);
    if (text === undefined) return 'no text';
    requireSame('the text, encoded again', textToBytes(text), new Uint8Array(input));
    const value = bytesToJson(input);
    if (value === undefined) return 'no JSON';
    const bytes = attempt(cannotWrite, () => jsonToBytes(value));
    const again = bytesToJson(bytes);
    if (again === undefined) throw new Error('JSON that was written cannot be read');
    requireSame('the value, written again', jsonToBytes(again), bytes);
    return 'accepted';
  },
};
