// Waits for the first word of a process that loads an application, but not for ever: it may loop at load.
import { RelayRefusal, type RelayRefusalCode } from '../relay-refusal.ts';
import type { AppChild } from './app-child.ts';

/** First word of one whose application cannot be used. */
export interface AppRefused {
  readonly type: 'refused';
  readonly code: RelayRefusalCode;
  readonly message: string;
}

/**
 * Resolves to the first word, when the application is loaded; rejects with the RelayRefusal that says why
 * it is not. What else is said waits for the next listener.
 */
export async function awaitReady<To, From extends { readonly type: string }>(
  started: AppChild<To, From>,
  withinMs: number,
): Promise<Exclude<From, AppRefused>> {
  const { promise, resolve, reject } = Promise.withResolvers<Exclude<From, AppRefused>>();
  const timer = setTimeout(() => {
    const message = `the app module did not load within ${withinMs} ms: it must not wait or loop`;
    reject(new RelayRefusal('app-timed-out', message));
  }, withinMs);
  started.inbox.listen((word) => {
    started.inbox.pause();
    if (isRefused(word)) reject(new RelayRefusal(word.code, word.message));
    else resolve(word as Exclude<From, AppRefused>);
  });
  void started.ended.then((why) => {
    const message = `the app module failed at load: ${why}; mend it`;
    reject(new RelayRefusal('app-failed', message));
  });
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
}

function isRefused(word: { readonly type: string }): word is AppRefused {
  return word.type === 'refused';
}
