// Logs that are chained and sealed as they should be, and hold what nobody would write: what a relay
// that lies may send to a client, and what a client that lies gets past a relay to its primary.
import {
  addToDigest,
  ByteWriter,
  type ChangeHeader,
  type ChangeKind,
  chainGenesis,
  chainNext,
  changeKinds,
  encodeFacts,
  encodeHeader,
  type LogEntry,
  openPrimary,
  openReplica,
  parseOperationId,
  parseReplicaId,
  parseWriterId,
  prefixGenesis,
  prefixNext,
  type ReplicaState,
  type SealedChange,
  statusOf,
  stepPrimary,
  stepReplica,
  textToBytes,
  type WriterRecord,
  zeroHash,
} from '@causeway/core';
import { app } from '@causeway/demo/bank';
import {
  decodeDown,
  defaultLimits,
  type Entries,
  encodeDown,
  isPeerFault,
} from '@causeway/protocol';
import type { Random } from '@causeway/testkit';
import { sampleFacts } from './fuzz-core-targets.ts';
import { mutateJson } from './fuzz-json.ts';
import { attempt, type FuzzTarget } from './fuzz-target.ts';
import { sha256 } from './golden-changes.ts';
import { document, log } from './golden-messages.ts';
import { mutateBytes } from './mutate-frame.ts';

export const replicaTargets = (): readonly FuzzTarget[] => [clientTarget, primaryTarget];

const { definition } = app;
const moment = { monotonicMs: 0, wallMs: 0, random: 0.5 };

function known<T>(id: T | undefined): T {
  if (id === undefined) throw new Error('an id of a sample breaks the rule for ids');
  return id;
}

function author(digit: string, clientId: number): WriterRecord {
  const writer = known(parseWriterId(digit.repeat(32)));
  return { writer, replica: known(parseReplicaId(digit.repeat(32))), clientId };
}
const writers: readonly [WriterRecord, WriterRecord] = [author('1', 101), author('2', 102)];
const own = author('9', 109);

/** Real updates of the bank's document, and the arguments that made them. */
const deposit = (() => {
  const replica = definition.document.open({ clientId: 101 });
  const ran = replica.run({ operation: known(parseOperationId('1'.repeat(32))) }, (roots) => {
    (roots as { balance: { add(key: string, by: number): void } }).balance.add('ann', 5);
  });
  return { args: { account: 'ann', cents: 5 }, update: ran.update };
})();

/** What a relay takes from a client; most of it operations. */
const clientKinds = ['operation', 'operation', 'edit', 'import'] as const;

/** A change whose header can be read; what is inside is drawn. */
function drawChange(random: Random, isPrimary: boolean): SealedChange {
  const digit = random.pick(['1', '2', '3', '4']);
  const operation = {
    id: known(parseOperationId(digit.repeat(32))),
    name: random.pick(['deposit', 'withdraw', 'withdraw', 'compensate.covered', 'constructor', '']),
    codeVersion: 1,
    user: 'anonymous',
    wallMs: random.pick([0, Number.MAX_SAFE_INTEGER]),
    decision: { mode: 'partitioned', cell: 'limit', invariant: 'covered' },
  } as const;
  const kind = random.pick<ChangeKind>(isPrimary ? clientKinds : changeKinds);
  const hasOperation = kind !== 'edit' || random.below(4) === 0;
  const context = { epoch: 1, position: random.below(3), dots: [] };
  const header: ChangeHeader = { kind, context, ...(hasOperation && { operation }) };
  const payload = kind === 'coordination' ? drawFacts(random) : drawPayload(random, hasOperation);
  return { header: encodeHeader(header), payload, effects: new Uint8Array(0) };
}

function drawFacts(random: Random): Uint8Array {
  if (random.below(4) === 0) return mutateBytes(encodeFacts(sampleFacts), random);
  return textToBytes(mutateJson(sampleFacts, random));
}

function drawPayload(random: Random, hasOperation: boolean): Uint8Array {
  const update = random.below(2) ? deposit.update : mutateBytes(deposit.update, random);
  if (!hasOperation) return update;
  if (random.below(6) === 0) return random.bytes(random.below(40));
  const args = textToBytes(mutateJson(deposit.args, random));
  return new ByteWriter().bytes(args).fixed(update).done();
}

/** A message of entries whose chains and prefix hash are right. */
function drawEntries(random: Random, isPrimary: boolean): Uint8Array {
  const chains = new Map(
    writers.map((record) => [record, { seq: 0, hash: chainGenesis(sha256, document, record) }]),
  );
  let [prefixHash, digest] = [prefixGenesis(sha256, document, log), zeroHash];
  const items: Entries['items'][number][] = [];
  for (let count = 1 + random.below(4); count > 0; count--) {
    const record = random.pick(writers);
    const chain = chains.get(record);
    if (!chain) continue;
    const sealed = drawChange(random, isPrimary);
    chain.seq += 1;
    chain.hash = chainNext(sha256, chain.hash, sealed);
    prefixHash = prefixNext(sha256, prefixHash, chain.hash);
    digest = addToDigest(digest, chain.hash);
    items.push({ type: 'change', author: record, seq: chain.seq, sealed });
  }
  return encodeDown([{ type: 'entries', document, epoch: 1, from: 1, items, prefixHash, digest }]);
}

function readEntries(frame: Uint8Array): Entries {
  const decoded = decodeDown(frame, defaultLimits);
  const [message] = isPeerFault(decoded) ? [] : decoded;
  if (message?.type !== 'entries') throw new Error('what was drawn is no message of entries');
  return message;
}

/** `stepReplica` and `stepPrimary` promise to be total. */
export const replicaThrew = 'a replica threw on what a relay sent';
export const primaryThrew = 'a primary threw on what a client sent';

const clientTarget: FuzzTarget = {
  name: 'entries at a replica',
  share: 3,
  msPerKibMax: 50,
  draw: (random) => drawEntries(random, false),
  take(input) {
    const message = readEntries(input);
    const state = openClient();
    const steps = [
      { type: 'linkOpened', hasPrimary: true, changeBytesMax: 900_000 },
      { type: 'subscribed', head: headAt(message.items.length), relation: 'resumed', vector: [] },
      { ...message, type: 'entriesReceived' },
      { type: 'clockAdvanced' },
    ] as const;
    attempt(replicaThrew, () => {
      for (const step of steps) stepReplica(state, step, moment);
      statusOf(state);
    });
    const { frozen } = state;
    state.document.close();
    return frozen ?? 'accepted';
  },
};

function openClient(): ReplicaState {
  const setup = {
    ...{ app: definition, id: document, author: own, user: { id: 'anonymous', roles: [] } },
    ...{ document: definition.document.open({ clientId: own.clientId }), hash: sha256 },
    strength: 'memory',
  } as const;
  const nothing = { head: undefined, snapshot: undefined };
  const lists = {
    tail: [],
    queue: [],
    rows: [],
    effects: [],
    episodes: [],
    intents: [],
    rights: [],
  };
  return openReplica(setup, { document, ...nothing, ...lists }, moment);
}

function headAt(position: number) {
  const hashes = { prefixHash: zeroHash, digest: zeroHash };
  return { log, epoch: 1, position, ...hashes, namedPosition: position };
}

const primaryTarget: FuzzTarget = {
  name: 'entries at a primary',
  share: 3,
  msPerKibMax: 50,
  draw: (random) => drawEntries(random, true),
  take(input) {
    const { items, from } = readEntries(input);
    const content = definition.document.open({ clientId: own.clientId });
    const setup = {
      definition,
      id: document,
      document: content,
      author: own,
      hash: sha256,
      epoch: 1,
    };
    const state = openPrimary(setup);
    const entries = items.flatMap((item, index): LogEntry[] => {
      return item.type === 'change' ? [{ ...item, position: from + index }] : [];
    });
    attempt(primaryThrew, () => {
      stepPrimary(state, { type: 'entriesCommitted', entries }, moment);
      stepPrimary(state, { type: 'clockAdvanced' }, moment);
    });
    content.close();
    return 'accepted';
  },
};
