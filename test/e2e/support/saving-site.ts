// Hears what the page that saves says.
import type { BrowserContext } from '@playwright/test';

export interface Heard {
  /** The keys of the cash that went out, in order. */
  readonly dispensed: readonly string[];
  /** The ids that were announced as saved. */
  readonly saved: readonly string[];
  /** Resolves when so many were announced. */
  savedAtLeast(count: number): Promise<void>;
  /** Resolves with the name of the next step at which a page stops. It gets no answer, ever. */
  stopped(): Promise<string>;
}

/** Listens to the pages of a context, those that die included. */
export async function hearPages(context: BrowserContext): Promise<Heard> {
  const dispensed: string[] = [];
  const saved: string[] = [];
  const waiting = new Map<number, () => void>();
  let stop = Promise.withResolvers<string>();
  await context.route('**/told/**', (route) => {
    const [what = '', which = ''] = new URL(route.request().url()).pathname.split('/').slice(2);
    if (what === 'stopped') return stop.resolve(which);
    (what === 'dispensed' ? dispensed : saved).push(which);
    waiting.get(saved.length)?.();
    return route.fulfill({ status: 204 });
  });
  return {
    dispensed,
    saved,
    async savedAtLeast(count) {
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.set(count, resolve);
      if (saved.length < count) await promise;
    },
    stopped() {
      stop = Promise.withResolvers<string>();
      return stop.promise;
    },
  };
}
