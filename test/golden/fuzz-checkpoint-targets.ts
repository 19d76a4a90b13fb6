// What a primary keeps of its audits: a checkpoint that is not one must cost a replay, and nothing else.
import {
  ByteReader,
  ByteWriter,
  bytesToText,
  decodeCheckpoint,
  defineApp,
  encodeHeader,
  encodeOperationPayload,
  openPrimary,
  openRecord,
  type PrimarySetup,
  packChanges,
  parseDocumentId,
  resumePrimary,
  safe,
  sealRecord,
  stepPrimary,
  takeCheckpoint,
  unpackChanges,
  zeroHash,
} from '@causeway/core';
import { counter, yjs } from '@causeway/yjs';
import * as v from 'valibot';
import { operation } from './fuzz-change-targets.ts';
import { mutateJson } from './fuzz-json.ts';
import { attempt, drawMutant, type FuzzTarget, requireSame, samplesOf } from './fuzz-target.ts';
import { authorA, hashOf, log } from './golden-messages.ts';

export const checkpointTargets = (): readonly FuzzTarget[] => [checkpoints, packedChanges];

const { definition } = defineApp({
  name: 'till',
  version: 1,
  document: yjs((doc) => ({ balance: counter(doc, 'balance') })),
})
  .operations({
    pay: {
      args: v.object({ by: v.number() }),
      subjects: () => ['ann'],
      run: (doc, { by }) => doc.balance.add('ann', by),
    },
  })
  .invariants({
    covered: { holds: (doc, key) => doc.balance.get(key) >= 0 },
  })
  .policy({ pay: { covered: safe() } });

function setupOf(): PrimarySetup {
  const id = parseDocumentId('till');
  if (!id) throw new Error('a document has no id');
  const document = definition.document.open({ clientId: 3 });
  return { definition, id, document, author: authorA, hash: () => hashOf(1), epoch: 1 };
}

/** Of a primary that has found a violation, and not told it yet. */
function sampleCheckpoint(): Uint8Array {
  const state = openPrimary(setupOf());
  const writer = definition.document.open({ clientId: 5 });
  const id = operation('7');
  const ran = writer.run({ operation: id }, (roots) => {
    (roots as { balance: { add(key: string, by: number): void } }).balance.add('ann', -5);
  });
  const header = encodeHeader({
    kind: 'operation',
    context: { epoch: 1, position: 0, dots: [] },
    operation: {
      ...{ id, name: 'pay', codeVersion: 1, user: 'ann', wallMs: 0 },
      decision: { mode: 'partitioned', cell: 'safe', invariant: '*' },
    },
  });
  const payload = encodeOperationPayload({ args: { by: -5 }, update: ran.update });
  const sealed = { header, payload, effects: new Uint8Array(0) };
  const entries = [{ position: 1, author: authorA, seq: 1, sealed }];
  const moment = { monotonicMs: 0, wallMs: 0, random: 0 };
  stepPrimary(state, { type: 'entriesCommitted', entries }, moment);
  state.window.past.packed.push(packChanges([{ position: 1, operation: id, update: ran.update }]));
  return takeCheckpoint(state, { log, prefixHash: zeroHash }, 0);
}

const checkpoint = sampleCheckpoint();
const record = openRecord(checkpoint) ?? new Uint8Array(0);
const parsed = JSON.parse(bytesToText(new ByteReader(record.subarray(1)).bytes()) ?? '{}');

const checkpoints: FuzzTarget = {
  name: 'audit checkpoints',
  share: 4,
  draw(random) {
    const kind = random.below(3);
    if (kind === 0) return drawMutant([checkpoint], random);
    // Under a checksum that is right: as a program of another version may have written it.
    if (kind === 1) return sealRecord(drawMutant([record], random));
    const reader = new ByteReader(record);
    const writer = new ByteWriter().byte(reader.byte());
    reader.bytes();
    return sealRecord(
      writer.text(mutateJson(parsed, random)).fixed(reader.fixed(reader.rest)).done(),
    );
  },
  take(input) {
    const decoded = decodeCheckpoint(input);
    if (!decoded) return 'no checkpoint';
    const resumed = attempt('a checkpoint that does not fit throws', () =>
      resumePrimary(setupOf(), decoded, 0),
    );
    return resumed ? 'accepted' : 'does not fit';
  },
};

const packed = samplesOf([
  packChanges([]),
  packChanges([
    { position: 3, update: Uint8Array.of(1, 2, 3) },
    { position: 900, operation: operation('2'), update: new Uint8Array(0) },
  ]),
]);

const packedChanges: FuzzTarget = {
  name: 'packed changes',
  share: 4,
  draw: (random) => drawMutant(packed, random),
  take(input) {
    try {
      const changes = unpackChanges(input);
      requireSame('the changes, packed again', unpackChanges(packChanges(changes)), changes);
      return 'accepted';
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('not-packed')) return 'not-packed';
      throw error;
    }
  },
};
