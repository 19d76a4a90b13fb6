// An operation that waits is on this device's disk and nowhere else: it outlives the page and the relay,
// and is run once. One that is taken back while it waits was never there.
import { expect, type Page, test } from '@playwright/test';
import { bothWays, type FaultyProxy } from '../faults/support/faulty-proxy.ts';
import { openDesk, patient } from './support/open-desk.ts';
import { type ServedDesk, serveDesk } from './support/serve-desk.ts';
import type { ServedRelay } from './support/served-relay.ts';

const document = 'intents';
let served: ServedDesk;
let relay: ServedRelay;
let line: FaultyProxy;

test.beforeAll(async () => {
  served = await serveDesk();
  ({ relay, line } = served);
});
test.afterAll(() => served.close());

/** Runs in the page: money for each account, confirmed. */
async function payIn(accounts: readonly string[]) {
  const { handle } = globalThis.desk;
  const receipts = accounts.map((account) => handle.run('deposit', { account, cents: 50_00 }));
  return Promise.all(receipts.map(({ outcome }) => outcome));
}
/** Runs in the page. */
async function pay({ account, cents }: { account: string; cents: number }) {
  const { id, saved } = globalThis.desk.handle.run('pay', { account, cents });
  return { id, answer: await saved };
}
/** Runs in the page. */
const cancel = (id: string) => globalThis.desk.handle.receipt(id)?.cancel();

/** What the page shows: what is pending and how it would be, and what stands on the accounts. */
const shown = (page: Page) =>
  page.evaluate(() => {
    const { pending, overlays, view } = globalThis.desk.handle;
    return {
      pending: pending.current.map(({ id }) => id),
      overlays: overlays.current.map(({ operation, values }) => ({ operation, values })),
      balances: ['ann', 'bob', 'cy'].map((account) => view.balance.get(account)),
    };
  });

test('a delayed operation survives a reload and a kill -9 of the relay, and is run once', async ({
  page,
}) => {
  const desk = await openDesk(page, { url: relay.url, line: line.url, document, name: 'a' });
  await desk.isIn('connected');
  const confirmed = { type: 'confirmed' };
  expect(await page.evaluate(payIn, ['bob', 'cy'])).toEqual([confirmed, confirmed]);
  line.cut(bothWays, 'lose');
  await desk.isIn('partitioned');

  const kept = await page.evaluate(pay, { account: 'ann', cents: 30_00 });
  const regretted = await page.evaluate(pay, { account: 'bob', cents: 7_00 });
  const regrettedLater = await page.evaluate(pay, { account: 'cy', cents: 3_00 });
  for (const { answer } of [kept, regretted, regrettedLater]) {
    expect(answer).toMatchObject({ type: 'saved', as: 'intent' });
  }
  expect(await page.evaluate(cancel, regretted.id)).toBe('cancelled');
  const balances = [100_00, 50_00, 50_00]; // Nothing has happened yet.
  const overlays = [
    { operation: kept.id, values: { ann: 70_00 } },
    { operation: regrettedLater.id, values: { cy: 47_00 } },
  ];
  const waiting = { pending: [kept.id, regrettedLater.id], overlays, balances };
  expect(await shown(page)).toEqual(waiting);

  await desk.reload();
  expect(await shown(page)).toEqual(waiting);
  expect(await page.evaluate(cancel, regrettedLater.id)).toBe('cancelled');
  await relay.killAndRestart();
  line.heal();
  await desk.isIn('connected');
  const outcome = await page.evaluate((id) => globalThis.desk.handle.receipt(id)?.outcome, kept.id);
  expect(outcome).toEqual(confirmed);
  expect(await shown(page)).toEqual({
    ...{ pending: [], overlays: [], balances: [70_00, 50_00, 50_00] },
  });

  await relay.killAndRestart(); // Nor does who comes after run it again.
  const other = await openDesk(await page.context().newPage(), {
    ...{ url: relay.url, document, name: 'b' },
  });
  await other.isIn('connected');
  expect((await shown(other.page)).balances).toEqual([70_00, 50_00, 50_00]);
  const logged = await relay.operations(document);
  const paid = logged.filter(({ name }) => name === 'pay');
  expect(paid.map(({ id, kind }) => [id, kind])).toEqual([
    [kept.id, 'intent'],
    [kept.id, 'result'],
  ]);
  expect(logged.map(({ name }) => name)).toEqual(['deposit', 'deposit', 'pay', 'pay']);
});

test('one that is killed at the relay while its answer is lost is run once', async ({ page }) => {
  const document = 'killed';
  // It is handed over before the cut is noticed.
  const where = { url: relay.url, line: line.url, bounds: patient };
  const desk = await openDesk(page, { ...where, document, name: 'killed' });
  await desk.isIn('connected');
  line.cut(['down'], 'lose');
  const { id } = await page.evaluate(pay, { account: 'ann', cents: 30_00 });
  const kinds = async () => (await relay.operations(document)).map(({ kind }) => kind);
  await expect.poll(kinds).toContain('intent');
  await relay.killAndRestart();
  await desk.reload();
  line.heal();
  const outcome = await page.evaluate((id) => globalThis.desk.handle.receipt(id)?.outcome, id);
  expect(outcome).toEqual({ type: 'confirmed' });
  await desk.isIn('connected');
  expect((await shown(page)).balances).toEqual([70_00, 0, 0]);
  expect(await kinds()).toEqual(['intent', 'result']);
});
