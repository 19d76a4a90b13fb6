// The core's own formats: what is inside changes, what is folded from them, and what replicas keep.
import {
  ByteWriter,
  bytesToJson,
  bytesToText,
  type CaseId,
  type ChangeHeader,
  canonicalJson,
  cellKinds,
  changeKinds,
  decodeFacts,
  decodeHeader,
  decodeOperationPayload,
  decodeSnapshot,
  EntryLedger,
  emptyFold,
  encodeFacts,
  encodeHeader,
  encodeOperationPayload,
  encodeSnapshot,
  type Fact,
  foldFact,
  foldFromJson,
  foldToJson,
  jsonToBytes,
  modes,
  type OperationId,
  openRecord,
  parseOperationId,
  readLedger,
  restoreLedger,
  saveLedger,
  sealRecord,
  textToBytes,
  type ViolationId,
} from '@causeway/core';
import { mutateJson } from './fuzz-json.ts';
import { attempt, drawMutant, type FuzzTarget, requireSame, samplesOf } from './fuzz-target.ts';
import { goldenHeaders, goldenPayload } from './golden-changes.ts';
import { authorA, hashOf, log, replicaA, writerB } from './golden-messages.ts';
import type { RandomSource } from './random-source.ts';

/** `canonicalJson` promises it: whatever was read can be stored again. */
export const cannotWrite = 'what was read cannot be written again';
/** `stepReplica` promises it: nothing that a peer says makes it throw. */
export const cannotFold = 'facts that were read cannot be folded';

/** A snapshot of another shape than ours, under a checksum that is right. */
export const cannotReadShape = 'a snapshot of an unknown shape';

export const coreTargets = (): readonly FuzzTarget[] => [
  headers,
  payloads,
  facts,
  snapshots,
  ledgers,
  sealedRecords,
  texts,
];

const operation = (digit: string): OperationId => {
  const id = parseOperationId(digit.repeat(32));
  if (!id) throw new Error('32 digits are an operation id');
  return id;
};

const headerSamples = samplesOf(Object.values(goldenHeaders).map(encodeHeader));

const headers: FuzzTarget = {
  name: 'change headers',
  share: 12,
  draw(random) {
    const kind = random.below(2);
    return drawMutant(kind ? headerSamples : samplesOf([encodeHeader(drawHeader(random))]), random);
  },
  take(input) {
    const header = decodeHeader(input);
    if (!header) return 'refused';
    // Not byte for byte: a later version's signature is skipped by this one.
    requireSame('the header, encoded and read again', decodeHeader(encodeHeader(header)), header);
    return 'accepted';
  },
};

/** Numbers at their ends, many dots, ids and names of every length. */
function drawHeader(random: RandomSource): ChangeHeader {
  const number = () => random.pick([0, 1, 127, 128, 2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER]);
  const text = () => 'ü'.repeat(random.pick([0, 1, 40]));
  const dot = () => ({ writer: writerB, seq: number(), hash: random.bytes(32) });
  const dots = Array.from({ length: random.pick([0, 1, 3, 60]) }, dot);
  const decision = { mode: random.pick(modes), cell: random.pick(cellKinds), invariant: text() };
  const names = { id: operation('7'), name: text(), user: text() };
  return {
    kind: random.pick(changeKinds),
    context: { epoch: number(), position: number(), dots },
    operation: { ...names, codeVersion: number(), wallMs: number(), decision },
    effects: { count: number(), hash: random.bytes(32) },
  };
}

const payloadSamples = samplesOf([
  encodeOperationPayload(goldenPayload),
  encodeOperationPayload({ args: null, update: new Uint8Array(0) }),
]);

const payloads: FuzzTarget = {
  name: 'operation payloads',
  share: 10,
  draw(random) {
    if (random.below(2)) return drawMutant(payloadSamples, random);
    const args = textToBytes(mutateJson(goldenPayload.args, random));
    return new ByteWriter()
      .bytes(args)
      .fixed(random.bytes(random.below(9)))
      .done();
  },
  take(input) {
    const payload = decodeOperationPayload(input);
    if (!payload) return 'refused';
    // An audit writes arguments into facts.
    const bytes = attempt(cannotWrite, () => encodeOperationPayload(payload));
    const again = decodeOperationPayload(bytes);
    if (!again) throw new Error('a payload that was written cannot be read');
    requireSame('the arguments', canonicalJson(again.args), canonicalJson(payload.args));
    return 'accepted';
  },
};

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
    document: new Uint8Array([1, 2, 3]),
  };
}

const snapshotSample = encodeSnapshot(sampleSnapshot());

const snapshots: FuzzTarget = {
  name: 'replica snapshots',
  share: 6,
  draw: (random) => drawMutant([snapshotSample], random),
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
  ledger.seal();
  return ledger;
}

function sampleLedger(): Uint8Array {
  const ledger = openLedger();
  const [balance, tags, slots] = [
    ledger.counter('balance'),
    ledger.addWinsSet<number>('tags'),
    ledger.claims<{ who: string }>('slots'),
  ];
  for (const digit of ['1', '2', '3']) {
    ledger.begin(operation(digit));
    balance.add('ann', -20);
    tags.put('red', Number(digit));
    slots.claim(['10:00', '11:00'], { who: digit });
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
      for (const root of ledger.rootNames()) canonicalJson(ledger.content(root));
      saveLedger(ledger, []);
    });
    return 'accepted';
  },
};

/** Lists that claim more than they hold. */
function drawLyingLists(random: RandomSource): Uint8Array {
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
