// Claim: the audit of the bank takes 50,000 operations a second per core on ledgers, and 20,000 through
// real Yjs documents with their events; an operation costs the same from 10³ operations of history to
// 10⁶, and with 10² keys or 10⁵. The yardstick is what nobody can do without: that document's own `apply`.
import { once } from 'node:events';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { BenchOptions } from '../benchmark.ts';
import { type DocumentName, documentNames } from './audit-documents.ts';
import type { Span, ThreadResult, ThreadSetup } from './audit-thread.ts';

const ratioMax = 1.5;
const ratePerSecondMin: Readonly<Record<DocumentName, number>> = { ledger: 50_000, yjs: 20_000 };

interface Measured {
  readonly title: string;
  readonly micros: number;
  readonly slowestBatchMs: number;
  readonly applyMicros: number;
}

/** Prints µs per operation by history and by keys; true where rates and flatness hold. */
export async function auditThroughput({ powerMax }: BenchOptions): Promise<boolean> {
  const misses: string[] = [];
  for (const name of documentNames) {
    const spans = Array.from({ length: powerMax - 3 }, (_, at): Span => {
      return [10 ** (at + 3), 10 ** (at + 4)];
    });
    const history = await measureAll(name, { spans, keys: 1_000 });
    misses.push(...report(`${name}, by history (1,000 keys)`, history, ratePerSecondMin[name]));
    const byKeys: Measured[] = [];
    for (const keys of [100, 1_000, 10_000, 100_000].filter((count) => count < 10 ** powerMax)) {
      // Of one history, so that keys alone make the difference.
      const before = 2 * 10 ** (powerMax - 1);
      const measured = await measureAll(name, { spans: [[before, 2 * before]], keys });
      byKeys.push(...measured.map((one) => ({ ...one, title: keys.toLocaleString('en') })));
    }
    misses.push(...report(`${name}, by keys (of one history)`, byKeys, ratePerSecondMin[name]));
  }
  const misfits = misses.map((one) => `  ${one}`).join('\n');
  console.log(misses.length === 0 ? '\nHOLDS' : `\nDOES NOT HOLD:\n${misfits}`);
  return misses.length === 0;
}

/** Returns what misses the claim. */
function report(title: string, lines: readonly Measured[], floor: number): readonly string[] {
  console.log(`\n${title}: µs per operation, per second on one core, slowest hundred`);
  for (const { title: size, micros, slowestBatchMs, applyMicros } of lines) {
    const rate = Math.round(1e6 / micros).toLocaleString('en');
    const columns = [
      size.padStart(19),
      micros.toFixed(1).padStart(6),
      rate.padStart(9),
      `${slowestBatchMs.toFixed(0).padStart(5)} ms`,
      `${(micros / applyMicros).toFixed(2)} × apply (${applyMicros.toFixed(1)})`,
    ];
    console.log(`  ${columns.join('  ')}`);
  }
  const times = lines.map(({ micros }) => micros);
  const ratio = Math.max(...times) / Math.min(...times);
  console.log(`  largest ÷ smallest: ${ratio.toFixed(2)}`);
  const slow = lines.filter(({ micros }) => 1e6 / micros < floor);
  return [
    ...slow.map(
      (one) => `${title}: ${Math.round(1e6 / one.micros)}/s at ${one.title}, and not ${floor}`,
    ),
    ...(ratio > ratioMax ? [`${title}: ${ratio.toFixed(2)} × between sizes`] : []),
  ];
}

async function measureAll(
  document: DocumentName,
  o: { readonly spans: readonly Span[]; readonly keys: number },
): Promise<readonly Measured[]> {
  const audited = await measureThread('audit', { document, ...o });
  const applied = await measureThread('apply', { document, ...o });
  return audited.map((one, at) => {
    const title = o.spans[at]?.map((size) => size.toLocaleString('en')).join(' to ') ?? '';
    return { ...one, title, applyMicros: applied[at]?.micros ?? Number.NaN };
  });
}

async function measureThread(
  does: 'audit' | 'apply',
  o: { readonly document: DocumentName; readonly spans: readonly Span[]; readonly keys: number },
): Promise<ThreadResult> {
  const { document, keys } = o;
  const { port1, port2 } = new MessageChannel();
  const writer = startThread({ does: 'write', document, keys });
  writer.on('message', (frame: Uint8Array) => port1.postMessage(frame));
  port1.on('message', (next) => writer.postMessage(next));
  const reader = startThread({ does, ...o, log: port2 }, [port2]);
  try {
    const [result] = await once(reader, 'message');
    return result;
  } finally {
    await Promise.all([reader.terminate(), writer.terminate()]);
    port1.close();
  }
}

function startThread(setup: ThreadSetup, transferList: readonly MessagePort[] = []): Worker {
  // A primary's documents of 10⁶ operations, and all that garbage.
  const resourceLimits = { maxOldGenerationSizeMb: 8_192 };
  return new Worker(new URL('./audit-thread.ts', import.meta.url), {
    workerData: setup,
    transferList: [...transferList],
    resourceLimits,
  });
}
