// What does a bulk cost as a saga of chunks? Each step runs on a copy of the document, so the copy is what
// there is to pay, however few records a chunk has (docs/adr/0012-sagas.md).
import { createHash } from 'node:crypto';
import type { LogEntry, OperationId, PrimaryState, WriterRecord } from '@causeway/core';
import {
  defineApp,
  encodeHeader,
  encodeOperationPayload,
  openPrimary,
  parseDocumentId,
  parseReplicaId,
  parseWriterId,
  safe,
  stepPrimary,
} from '@causeway/core';
import { addWinsSet, counter, yjs } from '@causeway/yjs';
import * as v from 'valibot';
import type { BenchOptions } from './benchmark.ts';

const chunk = 50;
const stepsMeasured = 20;
const copiesMax = 2;
const range = v.object({ from: v.number(), to: v.number() });

/** A step costs at most two copies of the document, from 10³ records on. */
export function bulkSaga({ powerMax }: BenchOptions): boolean {
  const rows = [];
  for (let power = 2; power <= Math.min(powerMax, 4); power++) rows.push(measure(10 ** power));
  console.table(rows);
  const isGood = rows.every(
    ({ records, stepMs, copyMs }) => records < 1_000 || stepMs <= copyMs * copiesMax,
  );
  console.log(`${isGood ? 'HOLDS' : 'DOES NOT HOLD'}: a step costs at most ${copiesMax} copies`);
  return isGood;
}

function measure(records: number) {
  const steps = Math.min(stepsMeasured, Math.ceil(records / chunk));
  const state = openBulk(records);
  const copyMs = timed(() => state.document.fork(7).close(), stepsMeasured);
  let bytes = 0;
  const wholeMs = timed(() => {
    bytes = runSaga(state, steps);
  }, 1);
  const round = (ms: number): number => Math.round(ms * 100) / 100;
  return { records, steps, stepMs: round(wholeMs / steps), copyMs: round(copyMs), bytes };
}

/** CPU, not the clock on the wall: others use the machine, too. */
function timed(work: () => void, times: number): number {
  const before = process.cpuUsage();
  for (let time = 0; time < times; time++) work();
  return process.cpuUsage(before).user / 1_000 / times;
}

function openBulk(records: number): PrimaryState {
  const app = defineApp({
    name: 'bench-salaries',
    version: 1,
    document: yjs(
      (doc) => ({ base: counter(doc, 'base'), raises: addWinsSet<number>(doc, 'raises') }),
      {
        initial(doc) {
          for (let at = 0; at < records; at++) doc.base.add(String(at), 2_000 + at);
        },
      },
    ),
  })
    .operations({
      raise: {
        args: range,
        subjects: (a) => Array.from({ length: a.to - a.from }, (_, at) => String(a.from + at)),
        run(doc, a) {
          for (let at = a.from; at < a.to; at++) {
            doc.raises.put(String(at), Math.round(doc.base.get(String(at)) / 20));
          }
        },
      },
    })
    .sagas({
      raiseAll: {
        args: v.object({ steps: v.number() }),
        steps: (a) =>
          Array.from({ length: a.steps }, (_, index) => ({
            run: ['raise', { from: index * chunk, to: (index + 1) * chunk }] as const,
          })),
      },
    })
    .invariants({ paid: { holds: (doc, key) => doc.base.get(key) >= 0 } })
    .policy({ raise: { paid: safe() } });
  const { definition } = app;
  const document = definition.document.open({ clientId: 5 });
  return openPrimary({ definition, id: must(parseDocumentId('bench')), document, ...identity });
}

const author = (digit: string, clientId: number): WriterRecord => ({
  writer: must(parseWriterId(digit.repeat(32))),
  replica: must(parseReplicaId(digit.repeat(32))),
  clientId,
});
const identity = {
  author: author('a', 6),
  hash: (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest()),
  epoch: 1,
};

/** Feeds the primary its own appends until nothing is left to do. Returns the bytes of the log. */
function runSaga(state: PrimaryState, steps: number): number {
  const moment = { monotonicMs: 0, wallMs: 0, random: 0 };
  let entries: readonly LogEntry[] = [asked(steps)];
  let [position, bytes] = [0, 0];
  while (entries.length > 0) {
    position += entries.length;
    for (const { sealed } of entries) bytes += sealed.payload.length;
    const effects = stepPrimary(state, { type: 'entriesCommitted', entries }, moment);
    entries = effects.flatMap((effect) =>
      effect.type === 'append'
        ? effect.changes.map((sealed, at) => ({
            ...{ position: position + at + 1, author: state.author, seq: effect.firstSeq + at },
            sealed,
          }))
        : [],
    );
  }
  const [saga] = state.fold.sagas.byId.values();
  if (saga?.state !== 'done') throw new Error(`the saga is ${saga?.state}`);
  return bytes;
}

function asked(steps: number): LogEntry {
  const operation = {
    ...{ id: 'b'.repeat(32) as OperationId, name: 'causeway.start-saga', codeVersion: 1 },
    ...{ user: 'anonymous', wallMs: 0 },
    decision: { mode: 'connected', cell: 'safe', invariant: '*', reason: 'engine' },
  } as const;
  const context = { epoch: 1, position: 0, dots: [] };
  const header = encodeHeader({ kind: 'intent', context, operation });
  const args = { name: 'raiseAll', args: { steps } };
  const payload = encodeOperationPayload({ args, update: new Uint8Array(0) });
  const sealed = { header, payload, effects: new Uint8Array(0) };
  return { position: 1, author: author('c', 8), seq: 1, sealed };
}

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('an id of the benchmark breaks the rule for ids');
  return value;
}
