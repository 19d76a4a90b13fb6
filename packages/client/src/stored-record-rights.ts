// The used numbers of a document's grants as one sealed record: read, changed and written as a whole,
// because they are few. Format 1, documented in docs/adr/0003-client-store-layout.md.
import type { GrantId, Json, RightsRow } from '@causeway/core';
import {
  ByteWriter,
  bytesToJson,
  jsonToBytes,
  parseOperationId,
  parseWriterId,
  sealRecord,
} from '@causeway/core';
import { openReader } from './stored-record-change.ts';

const format = 1;
const rightsStates = ['reserved', 'saved', 'committed', 'released'] as const;

export function encodeRights(rows: readonly RightsRow[]): Uint8Array {
  const json = rows.map((row) => ({ ...row }));
  return sealRecord(new ByteWriter().byte(format).bytes(jsonToBytes(json)).done());
}

export function decodeRights(record: Uint8Array): readonly RightsRow[] | undefined {
  const reader = openReader(record);
  const json = bytesToJson(reader.bytes());
  if (!reader.done || !Array.isArray(json)) return undefined;
  const rows = json.map(toRow);
  return rows.every((row) => row !== undefined) ? rows : undefined;
}

function toRow(json: Json): RightsRow | undefined {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined;
  const fields = json as { readonly [field: string]: Json | undefined };
  const { grant, from, amount, operation: id, writer: author, state: name } = fields;
  const operation = typeof id === 'string' ? parseOperationId(id) : undefined;
  const writer = typeof author === 'string' ? parseWriterId(author) : undefined;
  const state = rightsStates.find((one) => one === name);
  const isNumbered = isCount(from) && isCount(amount) && typeof grant === 'string';
  if (!operation || !writer || !state || !isNumbered) return undefined;
  return { grant: grant as GrantId, from, amount, operation, writer, state };
}

function isCount(value: Json | undefined): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
