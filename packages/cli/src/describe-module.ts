// Loads an application in a process of its own and takes its described policy out. The module is not
// ours: it may print, loop, wait, leave timers behind or end its process, and none of it may spoil
// what is printed or keep the command from ending.
import type { DescribedPolicy } from '@causeway/core';
import { AppChild, type AppRefused, awaitReady, defaultLimits } from '@causeway/relay';

export interface DescribeTask {
  /** The module's file URL. */
  readonly url: string;
  readonly replicas: number | undefined;
}

export type FromDescribe =
  | AppRefused
  | { readonly type: 'described'; readonly policy: DescribedPolicy };

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
  const started = startChild(task);
  try {
    const { policy } = await awaitReady(started, withinMs);
    return policy;
  } finally {
    await started.end();
  }
}

function startChild(setup: DescribeTask): AppChild<never, FromDescribe> {
  // Built files have another ending, and compilers do not rewrite it inside a URL.
  const ending = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
  return new AppChild({
    entry: new URL(`./describe-child${ending}`, import.meta.url),
    setup,
    megabytesMax: defaultLimits.primaryMegabytesMax,
    prints: 'to-errors',
  });
}
