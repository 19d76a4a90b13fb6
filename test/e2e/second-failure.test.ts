// S20 in a real browser: while a page recovers with tentative operations, a case and intents, something
// fails once more: the relay is killed, the page is loaded again, the line is cut. It ends the same.
import { expect, type Page, test } from '@playwright/test';
import { bothWays, type FaultyProxy } from '../faults/support/faulty-proxy.ts';
import { type DeskPage, openDesk } from './support/open-desk.ts';
import { type ServedDesk, serveDesk } from './support/serve-desk.ts';
import type { ServedRelay } from './support/served-relay.ts';

let served: ServedDesk;
let relay: ServedRelay;
let line: FaultyProxy;

test.beforeAll(async () => {
  served = await serveDesk();
  ({ relay, line } = served);
});
test.afterAll(() => served.close());

/** Runs in the page: many deposits, a withdrawal, and payments that wait. Resolves when all are saved. */
async function work(cents: number) {
  const { handle } = globalThis.desk;
  const deposits = Array.from({ length: 40 }, (_, at) =>
    handle.run('deposit', { account: `savings-${at % 4}`, cents: 1 }),
  );
  const withdrawal = handle.run('withdraw', { account: 'ann', cents });
  const payments = [60_00, 30_00, 20_00].map((wages) =>
    handle.run('pay', { account: 'wages', cents: wages }),
  );
  const all = [...deposits, withdrawal, ...payments];
  const answers = await Promise.all(all.map(({ saved }) => saved));
  if (answers.some(({ type }) => type !== 'saved')) throw new Error('something was not saved');
  return payments.map(({ id }) => id);
}
/** Runs in the page. */
async function withdraw(cents: number) {
  const { handle } = globalThis.desk;
  return (await handle.run('withdraw', { account: 'ann', cents }).committed).type;
}
/** Runs in the page. */
async function payIn(account: string) {
  return (await globalThis.desk.handle.run('deposit', { account, cents: 1_00 }).saved).type;
}
/** Runs in the page: resolves when the rest is known. */
const outcomesOf = (ids: readonly string[]) =>
  Promise.all(ids.map((id) => globalThis.desk.handle.receipt(id)?.outcome));

const shown = (page: Page) =>
  page.evaluate(() => {
    const { cases, pending, view } = globalThis.desk.handle;
    const accounts = ['ann', 'wages', 'meanwhile', 'savings-0', 'savings-3'];
    return {
      pending: pending.current.length,
      cases: cases.current.map(({ key, deficit }) => [key, deficit]),
      balances: accounts.map((account) => view.balance.get(account)),
    };
  });

const failures: Readonly<Record<string, (a: DeskPage) => Promise<void>>> = {
  'the relay is killed': async () => relay.killAndRestart(),
  'the page is loaded again': (a) => a.reload(),
  'the line is cut': async (a) => {
    line.cut(bothWays, 'lose');
    await a.isIn('partitioned');
    line.heal();
  },
};

for (const [what, fail] of Object.entries(failures)) {
  test(`S20: ${what} in the middle of a recovery, and it ends the same`, async ({ page }) => {
    const document = what.replaceAll(' ', '-');
    const a = await openDesk(page, {
      url: relay.url,
      line: line.url,
      document,
      name: `a-${document}`,
    });
    const b = await openDesk(await page.context().newPage(), {
      ...{ url: relay.url, document, name: `b-${document}` },
    });
    for (const desk of [a, b]) await desk.isIn('connected');
    expect(
      await b.page.evaluate(async () => {
        const { handle } = globalThis.desk;
        return (await handle.run('deposit', { account: 'wages', cents: 100_00 }).outcome).type;
      }),
    ).toBe('confirmed');
    await a.isIn('connected');
    line.cut(bothWays, 'lose');
    await a.isIn('partitioned');
    expect(await b.page.evaluate(withdraw, 80_00)).toBe('committed');
    const payments = await a.page.evaluate(work, 80_00);

    line.heal();
    // As soon as something of it is on its way, and before all of it is.
    await expect.poll(async () => (await relay.operations(document)).length).toBeGreaterThan(2);
    await fail(a);
    expect(await a.page.evaluate(payIn, 'meanwhile')).toBe('saved');

    expect(await a.page.evaluate(outcomesOf, payments)).toMatchObject([
      { type: 'confirmed' },
      { type: 'confirmed' },
      { type: 'refused', code: 'requires' },
    ]);
    for (const desk of [a, b]) {
      await desk.isIn('connected');
      await expect
        .poll(() => shown(desk.page))
        .toEqual({
          ...{ pending: 0, cases: [['ann', 60_00]] },
          balances: [-60_00, 10_00, 1_00, 10, 10],
        });
    }
    const logged = await relay.operations(document);
    const ids = logged.filter(({ kind }) => kind === 'operation').map(({ id }) => id);
    expect(ids.length).toBe(1 + 1 + 41 + 1);
    expect(new Set(ids).size).toBe(ids.length);
    const results = logged.filter(({ kind }) => kind === 'result').map(({ id }) => id);
    expect(results.sort()).toEqual([payments[0], payments[1]].sort());
  });
}
