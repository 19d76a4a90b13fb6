// What is inside changes: headers, arguments with their updates, and effect records.
import {
  ByteWriter,
  type ChangeHeader,
  canonicalJson,
  cellKinds,
  changeKinds,
  decisionReasons,
  decodeEffects,
  decodeHeader,
  decodeOperationPayload,
  encodeHeader,
  encodeOperationPayload,
  jsonToBytes,
  modes,
  type OperationId,
  parseOperationId,
  textToBytes,
} from '@causeway/core';
import type { Random } from '@causeway/testkit';
import { mutateJson } from './fuzz-json.ts';
import { attempt, drawMutant, type FuzzTarget, requireSame, samplesOf } from './fuzz-target.ts';
import { goldenHeaders, goldenPayload } from './golden-changes.ts';
import { writerB } from './golden-messages.ts';
import { goldenEffects } from './golden-outbox.ts';

/** `canonicalJson` promises it: whatever was read can be stored again. */
export const cannotWrite = 'what was read cannot be written again';

export const changeTargets = (): readonly FuzzTarget[] => [headers, payloads, effects];

export const operation = (digit: string): OperationId => {
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
function drawHeader(random: Random): ChangeHeader {
  const number = () => random.pick([0, 1, 127, 128, 2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER]);
  const text = () => 'ü'.repeat(random.pick([0, 1, 40]));
  const dot = () => ({ writer: writerB, seq: number(), hash: random.bytes(32) });
  const dots = Array.from({ length: random.pick([0, 1, 3, 60]) }, dot);
  const reason = random.pick([undefined, ...decisionReasons]);
  const decision = {
    ...{ mode: random.pick(modes), cell: random.pick(cellKinds), invariant: text() },
    ...(reason && { reason }),
  };
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

const effectSamples = samplesOf([jsonToBytes(goldenEffects), jsonToBytes([])]);

const effects: FuzzTarget = {
  name: 'effect records',
  share: 4,
  draw(random) {
    if (random.below(3) === 0) return drawMutant(effectSamples, random);
    return textToBytes(mutateJson(goldenEffects, random));
  },
  take(input) {
    const records = decodeEffects(input);
    if (records.length === 0) return 'none';
    // A device keeps each under its index, and its payload as JSON.
    for (const { index, name, payload } of records) {
      attempt(cannotWrite, () => new ByteWriter().uint(index).text(name));
      if (payload !== undefined) attempt(cannotWrite, () => jsonToBytes(payload));
    }
    return 'accepted';
  },
};
