// The demonstration as people meet it: its two walks, the keyboard, its names for screen readers, its
// colours, and its width on a small phone. A real relay process behind it.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, type Page, test } from '@playwright/test';
import { type RelayProcess, startRelayProcess } from '../integration/support/started-relay.ts';
import { findFaintText } from './support/contrast.ts';
import { findUnnamed } from './support/names.ts';

const site = fileURLToPath(new URL('../../apps/demo/dist', import.meta.url));
const machines = ['harbour', 'station', 'market'] as const;
let data: string;
let relay: RelayProcess;

test.beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'causeway-'));
  relay = await startRelayProcess({ data, site });
});
test.afterAll(async () => {
  await relay.stop();
  await rm(data, { recursive: true });
});

const device = (page: Page, name: string) => page.getByTestId(`device-${name}`);
const inDevice = (page: Page, name: string, id: string) => device(page, name).getByTestId(id);

async function isIn(page: Page, name: string, words: string): Promise<void> {
  await expect(inDevice(page, name, 'mode')).toHaveText(words, { timeout: 15_000 });
}

async function open(page: Page, query = ''): Promise<void> {
  await page.goto(`${relay.url}/${query}`);
  await expect(page.locator('article.device').first()).toBeVisible();
  for (const card of await page.locator('article.device').all()) {
    await expect(card).toHaveAttribute('data-mode', 'connected', { timeout: 15_000 });
  }
}

/** Cuts two machines and overdraws the account, by hand. */
async function overdraw(page: Page): Promise<void> {
  for (const name of ['harbour', 'station']) await inDevice(page, name, 'plug').click();
  for (const name of ['harbour', 'station']) await isIn(page, name, 'Cut off');
  for (const name of ['harbour', 'station']) await inDevice(page, name, 'withdraw').click();
}

async function plugIn(page: Page): Promise<void> {
  for (const name of ['harbour', 'station']) await inDevice(page, name, 'plug').click();
  await expect(page.getByTestId('case')).toHaveAttribute('data-state', 'compensated', {
    timeout: 15_000,
  });
}

test('two cut machines overdraw the account: every word and number of it is on the page', async ({
  page,
}) => {
  await open(page);
  await overdraw(page);
  for (const name of ['harbour', 'station']) {
    await expect(inDevice(page, name, 'balance')).toHaveText('20.00');
    await expect(inDevice(page, name, 'tentative')).toHaveText('of which −80.00 tentative');
    await expect(inDevice(page, name, 'tentative').locator('svg')).toBeVisible();
    await expect(inDevice(page, name, 'remaining')).toHaveText('120.00');
    await expect(inDevice(page, name, 'storage')).toContainText('Saved on this device: 1.');
    await expect(inDevice(page, name, 'storage')).toContainText('Waiting to be sent: 1.');
    await expect(inDevice(page, name, 'pending-item')).toContainText('Saved here');
    await expect(inDevice(page, name, 'dispensed')).toContainText('80.00');
  }
  await expect(page).toHaveTitle(/2 of 3 cut off · 2 operations pending/);
  await plugIn(page);
  for (const name of machines) {
    await expect(inDevice(page, name, 'balance')).toHaveText('−85.00');
    await expect(inDevice(page, name, 'owed')).toHaveText('85.00 owed to the bank');
    await expect(inDevice(page, name, 'storage')).toContainText('at the bank');
    await expect(inDevice(page, name, 'pending-item')).toHaveCount(0);
  }
  const found = page.getByTestId('case');
  await expect(found).toHaveCount(1);
  await expect(found.locator('tr.did')).toHaveCount(2);
  for (const place of ['Harbour', 'Station']) await expect(found).toContainText(place);
  await expect(found.getByText('fee')).toHaveCount(1);
  await expect(inDevice(page, 'station', 'outcome')).toContainText('Compensated');
  for (const words of ['cut off', 'pays out 80.00', 'finds the rule broken', 'makes it good']) {
    await expect(page.getByTestId('story')).toContainText(words);
  }
});

test('the walk to the limit ends in a refusal that says what is left', async ({ page }) => {
  await open(page);
  await page.getByTestId('walk-2').click();
  const refusal = inDevice(page, 'harbour', 'refusal');
  await expect(refusal).toContainText('10.00 left until the line is back', { timeout: 30_000 });
  await expect(refusal).toHaveRole('status');
  await expect(inDevice(page, 'harbour', 'remaining')).toHaveText('10.00');
});

test('the walk to the overdraft shows one case, and on a spoiled account begins with a fresh one', async ({
  page,
}) => {
  await open(page);
  const account = new URL(page.url()).searchParams.get('document');
  for (const round of [1, 2]) {
    await page.getByTestId('walk-1').click();
    if (round === 2) await expect(page).not.toHaveURL(new RegExp(account ?? ''));
    await expect(page.getByTestId('case')).toHaveAttribute('data-state', 'compensated', {
      timeout: 30_000,
    });
    await expect(page.getByTestId('case')).toHaveCount(1);
    await expect(page.getByTestId('walk-1')).toBeEnabled({ timeout: 30_000 });
  }
});

test('a pulled plug, a pending operation and paid-out cash survive a reload', async ({ page }) => {
  await open(page, '?device=harbour');
  await inDevice(page, 'harbour', 'plug').click();
  await isIn(page, 'harbour', 'Cut off');
  await inDevice(page, 'harbour', 'withdraw').click();
  await expect(inDevice(page, 'harbour', 'dispensed')).toContainText('80.00');
  await page.reload();
  await isIn(page, 'harbour', 'Cut off');
  await expect(inDevice(page, 'harbour', 'pending-item')).toContainText('Withdrawal');
  await expect(inDevice(page, 'harbour', 'dispensed')).toContainText('80.00');
  await inDevice(page, 'harbour', 'plug').click();
  await isIn(page, 'harbour', 'Connected');
  await expect(inDevice(page, 'harbour', 'outcome')).toContainText('Confirmed');
});

test('a withdrawal and a refusal by keyboard alone, with the focus always visible', async ({
  page,
}) => {
  await open(page, '?device=harbour');
  const focusOn = async (id: string): Promise<void> => {
    for (let presses = 0; presses < 20; presses++) {
      await page.keyboard.press('Tab');
      const focused = page.locator(':focus-visible');
      await expect(focused).toHaveCSS('outline-style', 'solid');
      if ((await focused.getAttribute('data-testid')) === id) return;
    }
    throw new Error(`no way to ${id} by Tab`);
  };
  await focusOn('plug');
  await page.keyboard.press('Enter');
  await isIn(page, 'harbour', 'Cut off');
  await focusOn('amount-50');
  await page.keyboard.press('Space');
  await focusOn('withdraw');
  await page.keyboard.press('Enter');
  await expect(inDevice(page, 'harbour', 'balance')).toHaveText('50.00');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('75');
  await page.keyboard.press('Enter');
  await expect(inDevice(page, 'harbour', 'refusal')).toContainText('Not enough in the account');
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('much');
  await page.keyboard.press('Enter');
  await expect(inDevice(page, 'harbour', 'amount')).toHaveAttribute('aria-invalid', 'true');
});

test('everything has a name, one heading leads, and changes are announced', async ({ page }) => {
  await open(page);
  await overdraw(page);
  await plugIn(page);
  expect(await page.evaluate(findUnnamed)).toEqual([]);
  await expect(page.locator('h1')).toHaveCount(1);
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  for (const landmark of ['main', 'contentinfo', 'banner'] as const) {
    await expect(page.getByRole(landmark)).toHaveCount(1);
  }
  for (const id of ['mode', 'storage', 'refusal']) {
    await expect(inDevice(page, 'harbour', id)).toHaveRole('status');
  }
  await expect(device(page, 'harbour').getByRole('meter')).toHaveAttribute('aria-valuenow', '200');
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`${colorScheme}: text stands out at 4.5 to 1, in every state of a machine`, async ({
    page,
  }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await open(page);
    expect(await page.evaluate(findFaintText)).toEqual([]);
    await overdraw(page);
    await inDevice(page, 'station', 'withdraw').click();
    await expect(inDevice(page, 'station', 'refusal')).toContainText('Refused');
    expect(await page.evaluate(findFaintText)).toEqual([]);
    await plugIn(page);
    expect(await page.evaluate(findFaintText)).toEqual([]);
  });
}

test('the theme button wins over the system, and is remembered', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await open(page);
  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).background);
  const light = await ground();
  await page.getByTestId('theme').click();
  const dark = await ground();
  expect(dark).not.toBe(light);
  await page.reload();
  await expect.poll(ground).toBe(dark);
});

test('nothing is wider than a phone of 360 pixels', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await open(page);
  const excess = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(await excess()).toBeLessThanOrEqual(0);
  await overdraw(page);
  expect(await excess()).toBeLessThanOrEqual(0);
  await plugIn(page);
  expect(await excess()).toBeLessThanOrEqual(0);
});
