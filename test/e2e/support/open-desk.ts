// A page with a desk in it: opened, opened again after a reload, and what it shows.

import { fileURLToPath } from 'node:url';
import type { LinkBounds } from '@causeway/core';
import type { Page } from '@playwright/test';
// For the functions that run in the page: they see `desk`.
import type { Deletion, DeskPlace } from './desk-page/desk-page.ts';

/** The application's module, for a relay. */
export function deskModule(deletion: Deletion): string {
  return fileURLToPath(new URL(`./desk-page/desk-${deletion}.ts`, import.meta.url));
}

/** Short: a cut is noticed soon, and a line that is mended is dialled at once. */
export const quick = { fixedMs: 500, idleProbeMs: 300, connectMs: 1_500, retryCeilingMs: 300 };
/** For a desk on a good line: a busy machine must not look like a bad one. */
export const patient: Partial<LinkBounds> = { ...quick, fixedMs: 5_000 };

export interface DeskPage {
  readonly page: Page;
  /** Resolves in this mode; where it is `connected`, with everything committed as well. */
  isIn(mode: 'connected' | 'partitioned'): Promise<void>;
  /** Everything that was done here is on this device's disk. */
  isSaved(): Promise<void>;
  /** Loads the page again and opens the same desk. */
  reload(): Promise<void>;
}

/** Opens a desk and waits until it is there; not until it is connected. */
export async function openDesk(
  page: Page,
  o: Pick<DeskPlace, 'name' | 'document'> & {
    /** Where the page is served. */
    readonly url: string;
    /** Of a line to the relay, where the page shall not go there directly. */
    readonly line?: string;
    readonly deletion?: Deletion;
    readonly bounds?: Partial<LinkBounds>;
  },
): Promise<DeskPage> {
  const { name, document, url, line = url, deletion = 'prohibited', bounds = quick } = o;
  const place: DeskPlace = { deletion, name, document, relay: `${line}/sync`, bounds };
  const open = (): Promise<void> => page.evaluate((place) => globalThis.openDesk(place), place);
  await page.goto(url);
  await open();
  return {
    page,
    isIn: (wanted) =>
      page.evaluate(async (wanted) => {
        await globalThis.desk.handle.status.waitFor(
          ({ mode, synced }) => mode === wanted && (synced || wanted !== 'connected'),
        );
      }, wanted),
    isSaved: () =>
      page.evaluate(async () => {
        await globalThis.desk.handle.status.waitFor(({ unsaved }) => unsaved === 0);
      }),
    async reload() {
      await page.reload();
      await open();
    },
  };
}
