// Samples of what lies inside and around changes: headers, payloads, stored records, hash chains,
// digests. Their bytes are stored in changes.json and outlive the protocol: they are on disks.
import { createHash } from 'node:crypto';
import {
  addToDigest,
  type ChangeHeader,
  type ChangeKind,
  type Context,
  cellKinds,
  chainGenesis,
  chainNext,
  changeKinds,
  type Decision,
  encodeHeader,
  encodeOperationPayload,
  type Hash,
  modes,
  type OperationHeader,
  parseOperationId,
  prefixGenesis,
  prefixNext,
  sealRecord,
  textToBytes,
  zeroHash,
} from '@causeway/core';
import { authorA, bytesOf, document, hashOf, log, writerB } from './golden-messages.ts';

/** The platform's SHA-256, so that the stored hashes do not depend on our own choice of library. */
export const sha256: Hash = (bytes) => Uint8Array.from(createHash('sha256').update(bytes).digest());

const context: Context = { epoch: 1, position: 1000, dots: [] };
const withDots: Context = {
  epoch: 3,
  position: 0,
  dots: [{ writer: writerB, seq: 300, hash: hashOf(0x88) }],
};
const operation: OperationHeader = {
  id: parseOperationId('00112233445566778899aabbccddeeff') ?? never(),
  name: 'withdraw',
  codeVersion: 2,
  user: 'anonymous',
  wallMs: 1_800_000_000_000,
  decision: { mode: 'partitioned', cell: 'limit', invariant: 'no-overdraft' },
};

function decidedBy(decision: Partial<Decision>): ChangeHeader {
  const decided = { ...operation, decision: { ...operation.decision, ...decision } };
  return { kind: 'operation', context, operation: decided };
}

function never(): never {
  throw new Error('a golden id breaks the rule for ids');
}

/** Headers, by the name of their bytes. */
export const goldenHeaders: Readonly<Record<string, ChangeHeader>> = {
  ...Object.fromEntries(
    changeKinds.map((kind: ChangeKind) => [`header-${kind}`, { kind, context } as const]),
  ),
  ...Object.fromEntries(modes.map((mode) => [`header-mode-${mode}`, decidedBy({ mode })])),
  ...Object.fromEntries(cellKinds.map((cell) => [`header-cell-${cell}`, decidedBy({ cell })])),
  'header-dots': { kind: 'edit', context: withDots },
  'header-operation': { kind: 'operation', context, operation },
  'header-effects': {
    kind: 'operation',
    context: withDots,
    operation,
    effects: { count: 2, hash: hashOf(0x99) },
  },
};

/** The arguments and update of the sample payload. */
export const goldenPayload = {
  args: { to: 'Zoë', cents: 1250, note: null, tags: ['a', { z: 1, b: [true, 0.5] }] },
  update: bytesOf(9, 8, 7),
};

const edit = { header: bytesOf(0x10, 0, 1, 0, 0, 0), payload: bytesOf(1, 2), effects: bytesOf() };

/** All bytes of the formats that changes are made of, by name. */
export function encodeGoldenChanges(): Readonly<Record<string, Uint8Array>> {
  const genesis = chainGenesis(sha256, document, authorA);
  const first = chainNext(sha256, genesis, edit);
  const empty = prefixGenesis(sha256, document, log);
  const headers = Object.entries(goldenHeaders);
  return {
    ...Object.fromEntries(headers.map(([name, header]) => [name, encodeHeader(header)])),
    'operation-payload': encodeOperationPayload(goldenPayload),
    'sealed-record': sealRecord(textToBytes('causeway')),
    'chain-genesis': genesis,
    'chain-first': first,
    'chain-second': chainNext(sha256, first, { ...edit, payload: bytesOf() }),
    'prefix-genesis': empty,
    'prefix-first': prefixNext(sha256, empty, first),
    'digest-first': addToDigest(zeroHash, first),
    'digest-second': addToDigest(addToDigest(zeroHash, first), hashOf(0xff)),
  };
}
