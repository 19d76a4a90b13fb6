// Waits for the first word of the primary's thread, but not for ever: an app may loop at load.
import type { Worker } from 'node:worker_threads';
import { RelayRefusal } from '../relay-refusal.ts';
import type { FromPrimary } from './primary-messages.ts';

/** Resolves when the application is loaded; rejects with the RelayRefusal that says why not. */
export async function awaitReady(worker: Worker, withinMs: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(() => {
    const message = `the app module did not load within ${withinMs} ms: it must not wait or loop`;
    reject(new RelayRefusal('app-timed-out', message));
  }, withinMs);
  const hear = (message: FromPrimary): void => {
    if (message.type === 'ready') resolve();
    if (message.type === 'refused') reject(new RelayRefusal(message.code, message.message));
  };
  const fail = (cause: unknown): void => {
    const what = cause instanceof Error ? cause.message : String(cause);
    const message = `the app module failed at load: ${what}; mend it`;
    reject(new RelayRefusal('app-failed', message, { cause }));
  };
  const exit = (): void => fail(new Error('it ended its thread'));
  worker.on('message', hear).on('error', fail).on('exit', exit);
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    worker.off('message', hear).off('error', fail).off('exit', exit);
  }
}
