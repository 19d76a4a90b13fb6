// Two real tabs of one profile are one machine: they cannot both pay out what only one may, what one
// of them did the other shows, and the bank gets each operation once.
import { type BrowserContext, expect, test } from '@playwright/test';
import { type MachinePage, openMachine } from './support/machine-page.ts';
import { type ServedRelay, serveRelay } from './support/served-relay.ts';

const rounds = 100;
const document = 'two-tabs';
let relay: ServedRelay;

test.use({ trace: 'off' }); // Its pictures of both pages at each step would take most of the time.
test.beforeAll(async () => {
  relay = await serveRelay();
});
test.afterAll(() => relay.close());

const open = async (context: BrowserContext, device: string): Promise<MachinePage> =>
  openMachine(await context.newPage(), { url: relay.url, device, document });

/** Runs in the page: at a moment that both tabs wait for, what the machine answers. */
async function spend({ cents, atMs }: { cents: number; atMs: number }) {
  const handle = globalThis.causewayDemo?.device('harbour')?.handle;
  if (!handle) throw new Error('no machine on this page');
  while (performance.timeOrigin + performance.now() < atMs); // No timer is this exact.
  const { id, saved } = handle.run('withdraw', { account: 'ann', cents });
  return { id, answer: await saved };
}

/** Runs in the page. */
async function payIn(cents: number): Promise<string> {
  const handle = globalThis.causewayDemo?.device('harbour')?.handle;
  if (!handle) throw new Error('no machine on this page');
  return (await handle.run('deposit', { account: 'ann', cents }).saved).type;
}

/** One round: both tabs at once. Which of them won? */
async function race(tabs: readonly MachinePage[], round: number): Promise<number> {
  const order = round % 2 === 0 ? [0, 1] : [1, 0];
  const atMs = Date.now() + 6;
  const answers = await Promise.all(
    order.map(async (at) => {
      const told = await tabs[at]?.page.evaluate(spend, { cents: 10_00, atMs });
      return { at, answer: told?.answer };
    }),
  );
  answers.sort(
    (a, b) => (a.answer?.type === 'saved' ? -1 : 1) - (b.answer?.type === 'saved' ? -1 : 1),
  );
  expect(answers.map(({ answer }) => answer)).toMatchObject([
    { type: 'saved' },
    { type: 'refused', code: 'stand-in-limit', remaining: 0 },
  ]);
  return answers[0]?.at ?? Number.NaN;
}

test('two tabs that each withdraw the last 10.00 at once: exactly one succeeds, 100 times', async ({
  context,
  browser,
}) => {
  const [first, second] = [await open(context, 'harbour'), await open(context, 'harbour')];
  const tabs = [first, second];
  for (const tab of tabs) await tab.isIn('connected');
  await first.act('deposit', '900');
  for (const tab of tabs) await expect(tab.part('outcome')).toContainText('Confirmed');
  for (const tab of tabs) await tab.togglePlug();
  for (const tab of tabs) await tab.isIn('partitioned');
  await first.act('withdraw', '190');
  for (const tab of tabs) await expect(tab.part('remaining')).toHaveText('10.00');

  const wins = [0, 0];
  for (let round = 0; round < rounds; round++) {
    const winner = await race(tabs, round);
    wins[winner] = (wins[winner] ?? 0) + 1;
    expect(await tabs[round % 2]?.page.evaluate(payIn, 10_00)).toBe('saved');
  }
  expect(Math.min(...wins)).toBeGreaterThan(0); // They did compete.
  await first.act('withdraw', '10');
  for (const tab of tabs) await expect(tab.part('remaining')).toHaveText('0.00');
  await second.act('withdraw', '10');
  await expect(second.part('refusal')).toContainText('0.00 left');
  await second.act('deposit', '10');

  const pending = 3 + 2 * rounds;
  for (const tab of tabs) {
    await expect(tab.part('balance')).toHaveText('810.00');
    await expect(tab.part('tentative')).toHaveText('of which −190.00 tentative');
    await expect(tab.part('remaining')).toHaveText('10.00');
    await expect(tab.part('storage')).toContainText(`Saved on this device: ${pending}.`);
    // What was done by hand, whichever tab did it.
    await expect(tab.part('pending-item')).toContainText(['+10.00', '−10.00', '−190.00']);
  }
  for (const tab of tabs) await tab.togglePlug();
  const market = await open(await browser.newContext(), 'market');
  for (const { part } of [...tabs, market]) {
    await expect(part('storage')).toContainText('Everything done here is at the bank.');
    await expect(part('balance')).toHaveText('810.00');
    await expect(part('pending-item')).toHaveCount(0);
    await expect(part('remaining')).toHaveText('200.00');
  }
  const logged = await relay.operations(document);
  const count = (name: string, cents: number): number =>
    logged.filter((operation) => operation.name === name && operation.args.cents === cents).length;
  expect([count('withdraw', 10_00), count('deposit', 10_00)]).toEqual([rounds + 1, rounds + 1]);
  expect(logged).toHaveLength(pending + 1);
});
