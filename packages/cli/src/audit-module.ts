// Audits a log in a thread of its own, with limits: the application's code is not ours, and may loop, eat
// all memory or end its process, without keeping the command from ending with a sentence.
import { Worker } from 'node:worker_threads';
import type { DocumentId, NewerFindings, ReplayReport } from '@causeway/core';
import {
  type AppModules,
  defaultLimits,
  RelayRefusal,
  type RelayRefusalCode,
} from '@causeway/relay';

export interface AuditTask {
  readonly folder: string;
  readonly document: DocumentId;
  readonly epoch: number;
  /** Up to here. */
  readonly position: number;
  /** The modules by whose rules the log was audited. */
  readonly recorded: AppModules;
  /** The file URL of a newer version, to look what its rules would have found. */
  readonly newer: string | undefined;
  /** The entry at work, and a count that rises with each. */
  readonly progress: Int32Array<SharedArrayBuffer>;
}

export interface Audit extends ReplayReport {
  readonly app: string;
  readonly version: number;
  readonly newer?: NewerFindings & { readonly version: number };
}

export type FromAudit =
  | { readonly type: 'audited'; readonly audit: Audit }
  | { readonly type: 'refused'; readonly code: RelayRefusalCode; readonly message: string };

export interface AuditOptions {
  /** Called now and then with the entry at work. */
  readonly onProgress: (position: number) => void;
  /** Nothing may take longer: loading the modules, or one entry. */
  readonly withinMs?: number;
}

const progressEveryMs = 250;

/**
 * What the audit finds. What modules print goes to standard error. Throws RelayRefusal where a module
 * cannot be used, as a relay does; an Error that names the entry where the application's code hangs.
 */
export async function auditModule(
  task: Omit<AuditTask, 'progress'>,
  { onProgress, withinMs = defaultLimits.appLoadMs }: AuditOptions,
): Promise<Audit> {
  const progress = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
  const worker = startWorker({ ...task, progress });
  worker.stdout.pipe(process.stderr);
  const { promise, resolve, reject } = Promise.withResolvers<FromAudit>();
  worker.on('message', resolve).on('error', reject);
  worker.on('exit', () => reject(new Error('the app ended its thread: mend it')));
  let beats = 0;
  let heardMs = performance.now();
  const timer = setInterval(() => {
    const [position, now] = [Atomics.load(progress, 0), Atomics.load(progress, 1)];
    if (now !== beats) heardMs = performance.now();
    beats = now;
    onProgress(position);
    if (performance.now() - heardMs < withinMs) return;
    const where = now === 0 ? 'does not load' : `hangs at entry ${position}`;
    reject(new Error(`the app ${where}: no sign of life for ${withinMs} ms; mend it`));
  }, progressEveryMs);
  try {
    const answer = await promise;
    if (answer.type === 'refused') throw new RelayRefusal(answer.code, answer.message);
    return answer.audit;
  } finally {
    clearInterval(timer);
    await worker.terminate();
  }
}

function startWorker(task: AuditTask): Worker {
  // Built files have another ending, and compilers do not rewrite it inside a URL.
  const ending = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
  return new Worker(new URL(`./audit-worker${ending}`, import.meta.url), {
    workerData: task,
    name: 'causeway-audit',
    stdout: true,
    resourceLimits: { maxOldGenerationSizeMb: defaultLimits.primaryMegabytesMax },
  });
}
