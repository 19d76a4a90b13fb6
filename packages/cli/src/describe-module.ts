// Loads an application in a thread of its own and takes its described policy out. The module is not
// ours: it may print, loop, wait, leave timers behind or end its process, and none of it may spoil
// what is printed or keep the command from ending.
import { Worker } from 'node:worker_threads';
import { assert, type DescribedPolicy } from '@causeway/core';
import { awaitReady, defaultLimits } from '@causeway/relay';

export interface DescribeTask {
  /** The module's file URL. */
  readonly url: string;
  readonly replicas: number | undefined;
}

/** Comes before the thread says that it is ready. */
export interface Described {
  readonly type: 'described';
  readonly policy: DescribedPolicy;
}

/**
 * The policy of the app that this module exports. What the module prints goes to standard error.
 * @remarks Throws RelayRefusal, as a relay does that is started with this app: `app-not-found`,
 * `app-failed`, `app-not-exported`, `app-ambiguous`, `not-an-app`, `app-timed-out`; the message ends
 * with the remedy.
 */
export async function describeModule(
  task: DescribeTask,
  withinMs: number = defaultLimits.appLoadMs,
): Promise<DescribedPolicy> {
  const worker = startWorker(task);
  worker.stdout.pipe(process.stderr);
  let policy: DescribedPolicy | undefined;
  worker.on('message', (message: Described | { readonly type: 'ready' | 'refused' }) => {
    if (message.type === 'described') policy = message.policy;
  });
  try {
    await awaitReady(worker, withinMs);
  } finally {
    await worker.terminate();
  }
  assert(policy !== undefined, 'not-described', 'the thread must describe before it is ready');
  return policy;
}

function startWorker(task: DescribeTask): Worker {
  // Built files have another ending, and compilers do not rewrite it inside a URL.
  const ending = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
  return new Worker(new URL(`./describe-worker${ending}`, import.meta.url), {
    workerData: task,
    name: 'causeway-policy',
    stdout: true,
  });
}
