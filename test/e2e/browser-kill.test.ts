// The whole browser is killed without warning while a machine saves, again and again on one profile:
// whatever was announced as saved is there, nothing is there in part, and the bank gets each once.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, expect, type Page, test } from '@playwright/test';
import { launchOptions } from '../../scripts/browser.ts';
import { type BuiltSite, buildSite } from './support/built-site.ts';
import type { Profile } from './support/saving-page/saving-page.ts';
import { type Heard, hearPages } from './support/saving-site.ts';
import { type ServedRelay, serveRelay } from './support/served-relay.ts';

const profile: Profile = { name: 'killed', document: 'killed' };
/** How many saves each browser announces before it dies. */
const lives = [1, 2, 5, 9, 14, 20];
let site: BuiltSite;
let relay: ServedRelay;
let folder: string;

test.use({ trace: 'off' }); // It cannot be written for browsers that are killed.
test.beforeAll(async () => {
  site = await buildSite('saving-page');
  relay = await serveRelay(site.folder);
  folder = await mkdtemp(join(tmpdir(), 'causeway-profile-'));
  // Chromium that is killed within moments of a profile's very first use was seen to forget the whole
  // origin, whoever stored what there. No page can prevent that: this is about profiles that are in use.
  const { context, page } = await startBrowser();
  await page.evaluate(readKept, profile);
  await context.close();
});
test.afterAll(async () => {
  await relay.close();
  await site.remove();
  await rm(folder, { recursive: true, maxRetries: 5 });
});

/** Starts a browser on the profile that every life of this test shares. */
async function startBrowser(): Promise<{ context: BrowserContext; page: Page; heard: Heard }> {
  const context = await chromium.launchPersistentContext(folder, launchOptions);
  const heard = await hearPages(context);
  const page = await context.newPage();
  await page.goto(relay.url);
  return { context, page, heard };
}

/** The browser's main process. The others die of its death. */
async function findProcess(context: BrowserContext): Promise<number> {
  const session = await context.browser()?.newBrowserCDPSession();
  const { processInfo } = (await session?.send('SystemInfo.getProcessInfo')) ?? { processInfo: [] };
  const main = processInfo.find(({ type }) => type === 'browser');
  if (!main) throw new Error('this browser does not name its processes');
  return main.id;
}

/** Runs in the page: all that is kept, before any client has touched it. */
async function readKept(profile: Profile) {
  const { queue, rows, effects } = await globalThis.loadKept(profile);
  return {
    queued: queue.map(({ change: { header } }) => ({
      operation: header.operation?.id ?? '',
      name: header.operation?.name,
    })),
    rows: rows.map(({ operation, amount, state }) => ({ operation, amount, state })),
    effects: effects.map(({ operation }) => operation),
  };
}
type Kept = Awaited<ReturnType<typeof readKept>>;

/** Runs in the page. */
async function open(profile: Profile) {
  const { handle } = await globalThis.openMachine(profile, { isOffline: true });
  return { pending: handle.pending.current.length, balance: handle.view.balance.get('ann') };
}

function expectWhole({ queued, rows, effects }: Kept, announced: ReadonlySet<string>): void {
  const ids = queued.map(({ operation }) => operation);
  expect(ids).toEqual(expect.arrayContaining([...announced]));
  expect(new Set(ids).size).toBe(ids.length);
  const spent = rows.filter(({ state }) => state === 'spent');
  expect(spent.map(({ operation }) => operation).sort()).toEqual([...ids].sort());
  const out = queued.filter(({ name }) => name === 'withdraw').map(({ operation }) => operation);
  expect([...effects].sort()).toEqual([...out].sort());
  for (const { operation, amount } of spent) expect(amount).toBe(out.includes(operation) ? 1 : -2);
}

function balanceOf({ queued }: Kept): number {
  return queued.reduce((sum, { name }) => sum + (name === 'withdraw' ? -1 : 2), 100_00);
}

test('a browser killed in the middle of saves keeps whole operations, and all it announced', async () => {
  const announced = new Set<string>();
  const dispensed: string[] = [];
  for (const saves of lives) {
    const { context, page, heard } = await startBrowser();
    const kept = await page.evaluate(readKept, profile);
    expectWhole(kept, announced);
    const found = await page.evaluate(open, profile);
    expect(found).toEqual({ pending: kept.queued.length, balance: balanceOf(kept) });
    for (let lane = 0; lane < 3; lane++) {
      page.evaluate(() => globalThis.machine?.work()).catch(() => undefined); // It dies of it.
    }
    const main = await findProcess(context);
    const closed = context.waitForEvent('close');
    await heard.savedAtLeast(saves);
    process.kill(main, 'SIGKILL');
    await closed;
    for (const id of heard.saved) announced.add(id);
    dispensed.push(...heard.dispensed);
  }

  const { context, page, heard } = await startBrowser();
  const kept = await page.evaluate(readKept, profile);
  expectWhole(kept, announced);
  const balance = await page.evaluate(async (profile) => {
    const { client, handle } = await globalThis.openMachine(profile, { isOffline: true });
    client.goOnline();
    await handle.flush();
    await handle.limits.waitFor((uses) => uses.every(({ used }) => used === 0));
    return handle.view.balance.get('ann');
  }, profile);
  expect(balance).toBe(balanceOf(kept));
  const logged = (await relay.operations(profile.document)).map(({ id }) => id);
  expect(logged.sort()).toEqual(kept.queued.map(({ operation }) => operation).sort());
  dispensed.push(...heard.dispensed);
  expect(new Set(dispensed).size).toBe(dispensed.length); // No cash went out twice.
  await context.close();
});
