// A page of one document: opened, opened again after a reload, and in which mode it is.
import type { Page } from '@playwright/test';
import { quick } from './open-desk.ts';
// For the functions that run in the page: they see `openPlace` and `isIn`.
import type { Place } from './place.ts';

export interface PlacePage {
  readonly page: Page;
  /** Resolves in this mode; where it is `connected`, with everything committed as well. */
  isIn(mode: 'connected' | 'partitioned'): Promise<void>;
  /** Loads the page again and opens the same document. */
  reload(): Promise<void>;
}

/** Opens it and waits until it is there; not until it is connected. */
export async function openPlace(
  page: Page,
  o: Pick<Place, 'name' | 'document'> & {
    /** Where the page is served. */
    readonly url: string;
    /** Of a line to the relay, where the page shall not go there directly. */
    readonly line?: string;
  },
): Promise<PlacePage> {
  const { name, document, url, line = url } = o;
  const place: Place = { name, document, relay: `${line}/sync`, bounds: quick };
  const open = (): Promise<void> => page.evaluate((place) => globalThis.openPlace(place), place);
  await page.goto(url);
  await open();
  return {
    page,
    isIn: (mode) => page.evaluate((mode) => globalThis.isIn(mode), mode),
    async reload() {
      await page.reload();
      await open();
    },
  };
}
