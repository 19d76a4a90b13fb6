// One cash machine that fills a page: what a person at it can do, and what they see.

// For the functions that run in the page: they see `causewayDemo`.
import type {} from '@causeway/demo/causeway-demo';
import { expect, type Locator, type Page } from '@playwright/test';

export interface MachinePage {
  readonly page: Page;
  /** A part of the card, by its test id. */
  part(id: string): Locator;
  /** Waits until the card says that the machine is in this mode. */
  isIn(mode: 'connected' | 'suspect' | 'partitioned' | 'recovering'): Promise<void>;
  /** Types an amount and presses the button. */
  act(name: 'deposit' | 'withdraw', amount: string): Promise<void>;
  /** Pulls the plug, or puts it back. */
  togglePlug(): Promise<void>;
}

/** Opens the machine and waits until it is there; not until it is connected. */
export async function openMachine(
  page: Page,
  o: {
    /** Where the page is served. */
    readonly url: string;
    readonly device: string;
    readonly document: string;
    /** The port of a line to the relay, where the page shall not go there directly. */
    readonly line?: number;
  },
): Promise<MachinePage> {
  const query = new URLSearchParams({ device: o.device, document: o.document });
  if (o.line !== undefined) query.set('relay', `ws://127.0.0.1:${o.line}/sync`);
  const card = page.getByTestId(`device-${o.device}`);
  const part = (id: string): Locator => card.getByTestId(id);
  await page.goto(`${o.url}/?${query}`);
  await expect(card).toBeVisible();
  return {
    page,
    part,
    isIn: (mode) => expect(card).toHaveAttribute('data-mode', mode, { timeout: 15_000 }),
    async act(name, amount) {
      await part('amount').fill(amount);
      await part(name).click();
    },
    togglePlug: () => part('plug').click(),
  };
}
