// One sample of every message in every form that has bytes of its own. Their frames are stored in
// frames.json: a sample is added for each new form, and none is ever edited.
import {
  type DocumentId,
  type LogId,
  parseDocumentId,
  parseLogId,
  parseReplicaId,
  parseWriterId,
  type ReplicaId,
  type SealedChange,
  type WriterId,
  type WriterRecord,
} from '@causeway/core';
import {
  type DownMessage,
  type FaultCode,
  faultCloseCodes,
  type PushRefusal,
  pushRefusals,
  type UpMessage,
} from '@causeway/protocol';

export function known<T>(id: T | undefined): T {
  if (id === undefined) throw new Error('a golden id breaks the rule for ids');
  return id;
}

export const document: DocumentId = known(parseDocumentId('bank/accounts.2026'));
export const log: LogId = known(parseLogId('a0a1a2a3a4a5a6a7a8a9aaabacadaeaf'));
export const writerA: WriterId = known(parseWriterId('000102030405060708090a0b0c0d0e0f'));
export const writerB: WriterId = known(parseWriterId('101112131415161718191a1b1c1d1e1f'));
export const replicaA: ReplicaId = known(parseReplicaId('202122232425262728292a2b2c2d2e2f'));
const replicaB: ReplicaId = known(parseReplicaId('303132333435363738393a3b3c3d3e3f'));

/** 32 bytes, all of them `byte`. */
export const hashOf = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
export const bytesOf = (...bytes: readonly number[]): Uint8Array => Uint8Array.from(bytes);

export const authorA: WriterRecord = {
  writer: writerA,
  replica: replicaA,
  clientId: 4_294_967_296,
};
const authorB: WriterRecord = { writer: writerB, replica: replicaB, clientId: 7 };

const edit: SealedChange = {
  header: bytesOf(0x10, 0, 1, 0, 0, 0),
  payload: bytesOf(1, 2, 3, 4),
  effects: bytesOf(),
};
const withEffects: SealedChange = { ...edit, effects: bytesOf(0xee, 0xff) };
const noBytes: SealedChange = { header: bytesOf(), payload: bytesOf(), effects: bytesOf() };

const push = {
  type: 'push',
  document,
  author: authorA,
  firstSeq: 300,
  previous: hashOf(0x11),
  changes: [edit, withEffects],
  last: hashOf(0x22),
  ifNamedHead: undefined,
} as const;

/** Messages up, by the name of their frame. */
export const goldenUp: Readonly<Record<string, readonly UpMessage[]>> = {
  hello: [{ type: 'hello', protocol: 1, app: 'bank', appVersion: 3, replica: replicaA, token: '' }],
  'hello-with-token': [
    {
      type: 'hello',
      protocol: 200,
      app: 'bank',
      appVersion: 16_384,
      replica: replicaA,
      token: 'ключ-🔑',
    },
  ],
  open: [{ type: 'open', document, known: undefined, vector: [] }],
  'open-known': [
    {
      type: 'open',
      document,
      known: { log, epoch: 2, position: 1_000_000, prefixHash: hashOf(0x33) },
      vector: [
        [writerB, 5],
        [writerA, Number.MAX_SAFE_INTEGER],
      ],
    },
  ],
  push: [push],
  'push-if-named-head': [{ ...push, changes: [noBytes], ifNamedHead: 0 }],
  probe: [{ type: 'probe', nonce: 9_007_199_254_740_991 }],
  leave: [{ type: 'leave', document }],
  'two-messages': [
    { type: 'leave', document },
    { type: 'probe', nonce: 0 },
  ],
};

const head = {
  log,
  epoch: 1,
  position: 129,
  prefixHash: hashOf(0x44),
  digest: hashOf(0x55),
  namedPosition: 128,
};
const opened = { type: 'opened', document, head, vector: [] } as const;
const entries = {
  type: 'entries',
  document,
  epoch: 1,
  from: 42,
  prefixHash: hashOf(0x66),
  digest: hashOf(0x77),
} as const;
const refusedFor = (code: PushRefusal): DownMessage => ({
  type: 'push-refused',
  document,
  writer: writerA,
  seq: 9,
  code,
  expected: 8,
});
const faultCodes = Object.keys(faultCloseCodes) as FaultCode[];
const fault = (code: FaultCode): DownMessage => ({ type: 'fault', code, message: `why: ${code}` });

/** Messages down, by the name of their frame. */
export const goldenDown: Readonly<Record<string, readonly DownMessage[]>> = {
  welcome: [
    {
      type: 'welcome',
      protocol: 1,
      limits: { frameBytesMax: 1_048_576, changeBytesMax: 900_000 },
      hasPrimary: true,
    },
  ],
  'opened-resumed': [{ ...opened, relation: 'resumed' }],
  'opened-new-log': [{ ...opened, relation: 'new-log', vector: [[writerA, 0]] }],
  'opened-behind': [{ ...opened, relation: 'behind' }],
  'opened-diverged': [{ ...opened, relation: 'diverged' }],
  'entries-none': [{ ...entries, items: [] }],
  // Every tag: new author, next, own, own next, another author, back to a known one, a jump in seq.
  'entries-all-tags': [
    {
      ...entries,
      items: [
        { type: 'change', author: authorA, seq: 1, sealed: edit },
        { type: 'change', author: authorA, seq: 2, sealed: withEffects },
        { type: 'own', writer: writerB, seq: 500 },
        { type: 'own', writer: writerB, seq: 501 },
        { type: 'change', author: authorB, seq: 1, sealed: noBytes },
        { type: 'change', author: authorA, seq: 3, sealed: edit },
        { type: 'change', author: authorA, seq: 5, sealed: edit },
        { type: 'own', writer: writerB, seq: 503 },
      ],
    },
  ],
  // Named one by one: in a new order, each name would have other bytes.
  ...Object.fromEntries(pushRefusals.map((code) => [`push-refused-${code}`, [refusedFor(code)]])),
  echo: [{ type: 'echo', nonce: 127 }],
  ...Object.fromEntries(faultCodes.map((code) => [`fault-${code}`, [fault(code)]])),
};
