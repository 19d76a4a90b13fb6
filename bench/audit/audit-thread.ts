// A thread of the benchmark. Who writes the log and who reads it have a heap each: else the garbage of
// one is collected in the time of the other.
import { once } from 'node:events';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { assert, type DocumentId, type LogEntry } from '@causeway/core';
import { decodeDown, defaultLimits, encodeDown, isPeerFault } from '@causeway/protocol';
import { type DocumentName, documentNamed } from './audit-documents.ts';
import { BankLog } from './bank-log.ts';
import { applying, auditing, type Take } from './measured-audit.ts';

export type ThreadSetup = { readonly document: DocumentName; readonly keys: number } & (
  | { readonly does: 'write' }
  | {
      readonly does: 'audit' | 'apply';
      /** Rising. */
      readonly spans: readonly Span[];
      readonly log: MessagePort;
    }
);
/** What is measured: the operations after so many, up to so many. */
export type Span = readonly [from: number, to: number];
/** Of each span. */
export type ThreadResult = readonly SpanResult[];
export interface SpanResult {
  /** Per operation, on average: the collector's work is in it, whenever it comes. */
  readonly micros: number;
  readonly slowestBatchMs: number;
}

/** Operations that come with one message of the relay. */
const batchSize = 100;
const warmUpOperations = 30_000;

function nextBatch(log: BankLog, from: number): readonly LogEntry[] {
  return Array.from({ length: batchSize }, (_, at) => log.next(from + at));
}

/** Answers each message with the next batch, as a relay would send it. */
function writeFor(reader: MessagePort, log: BankLog): void {
  let from = 1;
  const none = new Uint8Array(32);
  reader.on('message', () => {
    const items = nextBatch(log, from).map((entry) => ({ type: 'change' as const, ...entry }));
    const about = { document: 'bank' as DocumentId, epoch: 1, from, prefixHash: none };
    const frame = encodeDown([{ type: 'entries', ...about, items, digest: none }]);
    from += batchSize;
    reader.postMessage(frame, [frame.buffer as ArrayBuffer]);
  });
}

async function readBatch(log: MessagePort): Promise<readonly LogEntry[]> {
  log.postMessage('next');
  const [frame] = await once(log, 'message');
  const decoded = decodeDown(frame, defaultLimits);
  assert(!isPeerFault(decoded), 'bad-frame', 'the log does not keep to the protocol');
  return decoded.flatMap((message) => {
    if (message.type !== 'entries') return [];
    return message.items.flatMap((item, at) =>
      item.type === 'change' ? [{ ...item, position: message.from + at }] : [],
    );
  });
}

async function measure(
  take: Take,
  { spans, log }: { readonly spans: readonly Span[]; readonly log: MessagePort },
): Promise<ThreadResult> {
  const results: SpanResult[] = [];
  let taken = 0;
  const takeUntil = async (end: number): Promise<SpanResult> => {
    const before = taken;
    let [ms, slowestBatchMs] = [0, 0];
    for (; taken < end; taken += batchSize) {
      const batchMs = take(await readBatch(log));
      ms += batchMs;
      slowestBatchMs = Math.max(slowestBatchMs, batchMs);
    }
    return { micros: (ms * 1_000) / (taken - before), slowestBatchMs };
  };
  for (const [from, to] of spans) {
    await takeUntil(from);
    results.push(await takeUntil(to));
  }
  return results;
}

const parent = parentPort;
assert(parent !== null, 'no-parent', 'this module is the start of a worker thread');
const setup: ThreadSetup = workerData;
const document = documentNamed(setup.document);
const log = new BankLog(document, setup);
if (setup.does === 'write') {
  writeFor(parent, log);
} else {
  const make = setup.does === 'audit' ? auditing : applying;
  // The compiler's time is nobody's history.
  const warmUp = make(document);
  for (let from = 1; from < warmUpOperations; from += batchSize) warmUp(nextBatch(log, from));
  parent.postMessage(await measure(make(document), setup));
  setup.log.close();
}
