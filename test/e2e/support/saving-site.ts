// Builds the page that saves, and hears what it says.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BrowserContext } from '@playwright/test';
import { build, defaultClientConditions } from 'vite';
import { sourceCondition } from '../../../scripts/source-condition.ts';

const root = fileURLToPath(new URL('./saving-page', import.meta.url));

export interface SavingSite {
  readonly folder: string;
  remove(): Promise<void>;
}

/** Built from the packages' sources, as the demonstration is. */
export async function buildSavingSite(): Promise<SavingSite> {
  const folder = await mkdtemp(join(tmpdir(), 'causeway-site-'));
  await build({
    configFile: false,
    root,
    logLevel: 'error',
    resolve: { conditions: [sourceCondition, ...defaultClientConditions] },
    build: { target: 'es2023', outDir: folder, emptyOutDir: true, minify: false },
  });
  return { folder, remove: () => rm(folder, { recursive: true }) };
}

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
