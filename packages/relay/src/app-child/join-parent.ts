// The child's side of an application's process: what a module begins with that `AppChild` starts.
import { flushCompileCache } from 'node:module';
import { Worker } from 'node:worker_threads';
import { assert } from '@causeway/core';
import type { FromChild, ToChild } from './app-child.ts';
import { Inbox } from './inbox.ts';
import { Pulse } from './pulse.ts';

export interface Parent<Setup, To, From> {
  readonly setup: Setup;
  readonly pulse: Pulse;
  readonly inbox: Inbox<To>;
  /** Resolves when it is on its way. */
  say(message: From): Promise<void>;
}

/** Resolves when the parent has said what this process is for. To be called once. */
export async function joinParent<Setup, To, From>(title: string): Promise<Parent<Setup, To, From>> {
  process.title = title;
  const inbox = new Inbox<To>();
  const { promise, resolve } = Promise.withResolvers<Extract<ToChild, { type: 'setup' }>>();
  process.on('message', (message: ToChild) => {
    if (message.type === 'setup') resolve(message);
    else inbox.put(message.message as To);
  });
  process.on('disconnect', () => process.exit());
  // Ctrl-C reaches all processes of a terminal: when this one is to end is its parent's business.
  process.on('SIGINT', () => undefined);
  process.on('uncaughtException', (error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    void post({ type: 'threw', reason }).finally(() => process.exit(1));
  });
  const { setup, parent } = await promise;
  endWith(parent);
  return {
    ...{ setup: setup as Setup, pulse: new Pulse(), inbox },
    say(message) {
      return post({ type: 'said', message });
    },
  };
}

/** What was compiled is kept now: a process that is ended from outside keeps nothing. */
export const keepCompiled: () => void = flushCompileCache;

function post(message: FromChild): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  assert(process.send !== undefined, 'no-parent', 'this process is started by AppChild');
  // A parent that cannot be reached has ended, and this process with it.
  process.send(message, undefined, undefined, () => resolve());
  return promise;
}

/**
 * Ends this process when its parent was killed, also while an application's loop keeps it from hearing so.
 * A thread of its own looks, and is plain JavaScript: nothing has to be compiled for it.
 */
function endWith(parent: number): void {
  const watch = `
    const { workerData: parent } = require('node:worker_threads');
    const isThere = () => {
      try { return process.kill(parent, 0) && process.ppid === parent; } catch { return false; }
    };
    setInterval(() => isThere() || process.kill(process.pid, 'SIGKILL'), 1_000);
  `;
  new Worker(watch, { eval: true, workerData: parent, execArgv: [] }).unref();
}
