// Which numbers of its grants a device used, as it is kept: docs/adr/0003-client-store-layout.md.
import type { GrantId, RightsRow } from '@causeway/core';
import {
  ByteWriter,
  bytesToHex,
  jsonToBytes,
  parseOperationId,
  parseWriterId,
  sealRecord,
} from '@causeway/core';
import { expect, test } from 'vitest';
import { readRecord } from './stored-record-change.ts';
import { decodeRights, encodeRights } from './stored-record-rights.ts';

const row: RightsRow = {
  grant: 'g:1' as GrantId,
  from: 3,
  amount: 2,
  operation: parseOperationId('o1') ?? expect.unreachable(),
  writer: parseWriterId('1'.repeat(32)) ?? expect.unreachable(),
  state: 'saved',
};

test('used numbers come back as they were kept, in bytes that stay', () => {
  expect(readRecord(decodeRights, encodeRights([row]))).toEqual([row]);
  expect(readRecord(decodeRights, encodeRights([]))).toEqual([]);
  expect(bytesToHex(encodeRights([{ ...row, state: 'released' }]))).toMatchInlineSnapshot(
    `"01755b7b22616d6f756e74223a322c2266726f6d223a332c226772616e74223a22673a31222c226f7065726174696f6e223a226f31222c227374617465223a2272656c6561736564222c22777269746572223a223131313131313131313131313131313131313131313131313131313131313131227d5da4b49e2a"`,
  );
});

test.each([
  ['no list', { ...row }],
  ['a number below 0', [{ ...row, from: -1 }]],
  ['half a right', [{ ...row, amount: 0.5 }]],
  ['another state', [{ ...row, state: 'given' }]],
  ['no writer', [{ ...row, writer: 'me' }]],
  ['no operation', [{ ...row, operation: 'with a space' }]],
  ['one good row and one bad', [row, null]],
])('%s is damage, never half understood', (_, json) => {
  const record = sealRecord(new ByteWriter().byte(1).bytes(jsonToBytes(json)).done());
  expect(readRecord(decodeRights, record)).toBeUndefined();
});
