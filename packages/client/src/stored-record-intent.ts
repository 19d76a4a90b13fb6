// An intent as a sealed record. Format 1, documented in docs/adr/0003-client-store-layout.md.
import type { Decision, Json, StoredIntent } from '@causeway/core';
import {
  Bug,
  ByteWriter,
  bytesToHex,
  bytesToJson,
  cellKinds,
  decisionReasons,
  hexToBytes,
  isDedupKey,
  jsonToBytes,
  modes,
  parseOperationId,
  parseWriterId,
  sealRecord,
} from '@causeway/core';
import { openReader } from './stored-record-change.ts';

const format = 1;
/** Order is the stored code: append only. */
const intentStates = ['waiting', 'submitting', 'dropped'] as const;

export function encodeIntent(intent: StoredIntent): Uint8Array {
  const { operation, writer, state, ...rest } = intent;
  // JSON has no Infinity either: what is never over has no end.
  const expiresWallMs = Number.isFinite(rest.expiresWallMs) ? rest.expiresWallMs : null;
  const record = sealRecord(
    new ByteWriter()
      .byte(format)
      .text(operation)
      .fixed(hexToBytes(writer))
      .byte(intentStates.indexOf(state))
      .bytes(jsonToBytes({ ...rest, expiresWallMs }))
      .done(),
  );
  // Told "saved", and found damaged at the next start, a person would have been lied to.
  if (!decodeIntent(record)) throw new Bug('not-an-intent', 'this could not be read back');
  return record;
}

/** The intent, or undefined when the record is damaged, or not exactly of the form above. */
export function decodeIntent(record: Uint8Array): StoredIntent | undefined {
  const reader = openReader(record);
  const operation = parseOperationId(reader.text());
  const writer = parseWriterId(bytesToHex(reader.fixed(16)));
  const state = intentStates[reader.byte()];
  const body: unknown = bytesToJson(reader.bytes());
  if (!reader.done || !operation || !writer || !state || !isBody(body)) return undefined;
  return { ...body, operation, writer, state, expiresWallMs: body.expiresWallMs ?? undefined };
}

type Body = Omit<StoredIntent, 'operation' | 'writer' | 'state' | 'expiresWallMs'> & {
  readonly expiresWallMs: number | null;
};

type Check = (value: Json | undefined) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isNumber: Check = (value) => typeof value === 'number';

/** A field that is not named here is another version's: without it the rest may mean something else. */
const bodyFields: { readonly [K in keyof Required<Body>]: Check } = {
  name: isText,
  args: (value) => value !== undefined,
  subjects: listOf(isText),
  codeVersion: (value) => value === undefined || isNumber(value),
  wallMs: isNumber,
  decision: (value) => isObjectOf(decisionFields, value),
  expiresWallMs: (value) => value === null || isNumber(value),
  dependsOn: listOf((one) => typeof one === 'string' && parseOperationId(one) !== undefined),
  dedupKey: (value) => value === undefined || (typeof value === 'string' && isDedupKey(value)),
};
const decisionFields: { readonly [K in keyof Required<Decision>]: Check } = {
  mode: oneOf(modes),
  cell: oneOf(cellKinds),
  invariant: isText,
  reason: (value) => value === undefined || oneOf(decisionReasons)(value),
};

function isBody(value: unknown): value is Body {
  return isObjectOf(bodyFields, value);
}

function isObjectOf(fields: Readonly<Record<string, Check>>, value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const members = new Map<string, Json>(Object.entries(value));
  if ([...members.keys()].some((name) => !Object.hasOwn(fields, name))) return false;
  return Object.entries(fields).every(([name, check]) => check(members.get(name)));
}

function listOf(check: Check): Check {
  return (value) => Array.isArray(value) && value.every((one: Json) => check(one));
}

function oneOf(known: readonly string[]): Check {
  return (value) => typeof value === 'string' && known.includes(value);
}
