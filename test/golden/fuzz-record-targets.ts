// What a client's store hands back: records sealed by a checksum. The codec is no export of its
// package, because nobody else may need it; only a fuzzer does, and reaches it by its path.
import { readdirSync } from 'node:fs';
import {
  ByteWriter,
  encodeHeader,
  encodeOperationPayload,
  hexToBytes,
  type LimitRow,
  openRecord,
  parseOperationId,
  type StoredEffect,
  type StoredEpisode,
  type StoredIntent,
  sealRecord,
} from '@causeway/core';
import { mutateJson } from './fuzz-json.ts';
import { drawMutant, type FuzzTarget, requireSame } from './fuzz-target.ts';
import { goldenHeaders, goldenPayload } from './golden-changes.ts';
import { authorA, hashOf, log, replicaA, writerA, writerB } from './golden-messages.ts';
import { mutateBytes } from './mutate-frame.ts';

type Encode = (value: unknown) => Uint8Array;
type Decode = (record: Uint8Array) => unknown;

/** A target for every `decode…` of the client's records: one without a sample here is an error. */
export async function recordTargets(): Promise<readonly FuzzTarget[]> {
  const folder = new URL('../../packages/client/src/', import.meta.url);
  const modules = readdirSync(folder).filter((name) => /^stored-record-[a-z]+\.ts$/.test(name));
  const loaded = await Promise.all(
    modules.map(async (name) => Object.entries(await import(new URL(name, folder).href))),
  );
  const codecs = new Map<string, unknown>(loaded.flat());
  const names = [...codecs.keys()].filter((name) => name.startsWith('decode'));
  const targets = names.map((name) => {
    const record = name.slice('decode'.length);
    const sample = samples[record];
    if (!sample) throw new Error(`${name} is not fuzzed: give it a sample in ${import.meta.url}`);
    const encode = codecs.get(`encode${record}`) as Encode;
    return recordTarget(record, { sample, encode, decode: codecs.get(name) as Decode });
  });
  const intents = { encode: codecs.get('encodeIntent'), decode: codecs.get('decodeIntent') };
  return [...targets, intentJsonTarget(intents as { encode: Encode; decode: Decode })];
}

/** What is well sealed and well-formed, and says something else than anybody expects. */
function intentJsonTarget({
  encode,
  decode,
}: {
  readonly encode: Encode;
  readonly decode: Decode;
}): FuzzTarget {
  const { operation: id, writer, state: _, expiresWallMs = null, ...rest } = intent;
  const head = new ByteWriter().byte(1).text(id).fixed(hexToBytes(writer)).byte(1).done();
  return {
    name: 'record Intent, its JSON',
    share: 2,
    draw: (random) => {
      const json = mutateJson({ ...rest, expiresWallMs }, random);
      return sealRecord(new ByteWriter().fixed(head).text(json).done());
    },
    // By its bytes: JSON can say -0, and what is written again says 0.
    take(input) {
      const value = decode(input);
      if (value === undefined) return 'refused';
      const bytes = encode(value);
      requireSame('the intent, written twice', encode(decode(bytes)), bytes);
      return 'accepted';
    },
  };
}

function recordTarget(
  record: string,
  { sample, encode, decode }: { sample: readonly unknown[]; encode: Encode; decode: Decode },
): FuzzTarget {
  const [first, ...rest] = sample.map(encode);
  if (!first) throw new Error(`there is no sample of ${record}`);
  const sealed = [first, ...rest] as const;
  for (const [at, bytes] of sealed.entries()) {
    requireSame(`the sample of ${record}`, decode(bytes), sample[at]);
  }
  return {
    name: `record ${record}`,
    share: 2,
    /** Mostly with a right checksum: a wrong one ends the decoder at once. */
    draw(random) {
      if (random.below(5) === 0) return drawMutant(sealed, random);
      const content = openRecord(random.pick(sealed));
      return sealRecord(mutateBytes(content ?? new Uint8Array(0), random));
    },
    take(input) {
      const value = decode(input);
      if (value === undefined) return 'refused';
      requireSame(`the ${record}, encoded and read again`, decode(encode(value)), value);
      return 'accepted';
    },
  };
}

const header = goldenHeaders['header-effects'] ?? { kind: 'edit', context: noContext() };
const payload = encodeOperationPayload(goldenPayload);
const sealedChange = { header: encodeHeader(header), payload, effects: hashOf(4) };
const entry = { author: authorA, seq: 3, sealed: sealedChange };
const operation = parseOperationId('1'.repeat(32)) ?? never();
const row: LimitRow = {
  ...{ invariant: 'covered', key: 'ann', operation, amount: -20.5 },
  ...{ writer: writerA, state: 'spent' },
};
const effect: StoredEffect = {
  ...{ operation, index: 1, name: 'dispense', payload: { cents: [1, null] } },
  state: 'released',
};
const episode: StoredEpisode = {
  ...{ id: 'e-1', beganWallMs: 1.5e12, why: 'bound-missed', operations: [operation, operation] },
  endedWallMs: undefined,
  merged: { after: 3, upTo: 9, own: 2, others: 3, unread: 1, order: [], unlisted: 0 },
};

const intent: StoredIntent = {
  ...{ operation, name: 'transfer', args: { cents: [1, null, 'é'] }, subjects: ['ann', ''] },
  ...{ wallMs: 1.8e12, expiresWallMs: 1.9e12, dependsOn: [operation] },
  decision: { mode: 'partitioned', cell: 'delay', invariant: 'covered', reason: 'not-home' },
  ...{ writer: writerA, state: 'submitting' },
};
/** By the name of the record: values as their decoder gives them. */
const samples: Readonly<Record<string, readonly unknown[]>> = {
  Change: [{ author: authorA, seq: 3, header, sealed: sealedChange, hash: hashOf(5) }],
  Batch: [
    [{ position: 7, ...entry }],
    [
      { position: 1, ...entry },
      { position: 2, ...entry, author: { ...authorA, writer: writerB }, seq: 9 },
    ],
  ],
  Identity: [replicaA],
  Notice: ['the database was lost: é', ''],
  Head: [
    {
      ...{ log, epoch: 1, position: 9, prefixHash: hashOf(1), digest: hashOf(2) },
      namedPosition: 8,
    },
  ],
  Snapshot: [{ position: 9, bytes: hashOf(3) }],
  LimitRow: [row, { ...row, state: 'reserved', amount: 0 }],
  Effect: [effect, { ...effect, payload: undefined, state: 'unknown' }],
  Rights: [
    [],
    [
      {
        ...{ grant: 'g:1', from: 3, amount: 2, operation },
        ...{ writer: writerA, state: 'saved' },
      },
    ],
  ],
  Intent: [
    intent,
    {
      ...{ ...intent, args: null, subjects: [], dependsOn: [], expiresWallMs: undefined },
      ...{ decision: { mode: 'connected', cell: 'safe', invariant: '*' }, state: 'waiting' },
    },
  ],
  Episode: [episode, { ...episode, operations: [], endedWallMs: 1.6e12 }],
};

function noContext() {
  return { epoch: 1, position: 0, dots: [] };
}

function never(): never {
  throw new Error('a sample breaks the rule for ids');
}
