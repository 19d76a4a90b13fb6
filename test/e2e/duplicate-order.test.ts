// S4 in a real browser: one order is submitted at two tills that are cut off, over lines that say
// everything twice. It is kept once, paid once and shipped once; whoever submitted it again is told.
import { expect, type Page, test } from '@playwright/test';
import { bothWays, type FaultyProxy, startFaultyProxy } from '../faults/support/faulty-proxy.ts';
import { openPlace } from './support/open-place.ts';
import { type PlaceWithFarEnd, startPlaceWithFarEnd } from './support/place-with-far-end.ts';
import { type RepeatingLine, startRepeatingLine } from './support/repeating-line.ts';
// For the functions that run in the page: they see `till`.
import type {} from './support/shop-page/shop-page.ts';

const document = 'shop';
let place: PlaceWithFarEnd;
let repeating: RepeatingLine;
let lineOfB: FaultyProxy;

test.beforeAll(async () => {
  place = await startPlaceWithFarEnd('shop-page', 'shop-primary');
  repeating = await startRepeatingLine(place.relay.port);
  lineOfB = await startFaultyProxy(repeating.port);
});
test.afterAll(async () => {
  await lineOfB.close();
  await repeating.close();
  await place.close();
});

/** Runs in the page. The number is what the customer means once. */
async function submit(number: string) {
  const args = { number, who: 'Ann', sku: 'tea' };
  const { id, saved } = globalThis.till.handle.run('order', args, { dedupKey: number });
  return { id, answer: (await saved).type };
}
/** Runs in the page. */
const outcomeOf = (id: string) => globalThis.till.handle.receipt(id)?.outcome;
/** Runs in the page. */
const remarksOn = (id: string) => globalThis.till.handle.remarks(id).current;

const ordersOn = (page: Page) => page.locator('#orders li');
const inTheBooks = (page: Page) =>
  page.evaluate(() => {
    const { charged, coupons, stock } = globalThis.till.handle.view;
    return { tea: stock.get('tea'), paid: charged.get('Ann'), coupons: [...coupons.keys()] };
  });

test('S4: an order that was submitted twice is shipped once, and its customer gets an apology', async ({
  page,
}) => {
  const { farEnd, lineOfA, relay } = place;
  const where = { url: relay.url, document };
  const a = await openPlace(page, { ...where, line: lineOfA.url, name: 'a' });
  const pageOfB = await page.context().newPage();
  const b = await openPlace(pageOfB, { ...where, line: lineOfB.url, name: 'b' });
  for (const one of [a, b]) await one.isIn('connected');
  for (const line of [lineOfA, lineOfB]) line.cut(bothWays, 'lose');
  for (const one of [a, b]) await one.isIn('partitioned');
  const kept = await a.page.evaluate(submit, 'K1');
  const cancelled = await b.page.evaluate(submit, 'K1');
  const other = await b.page.evaluate(submit, 'K2');
  expect([kept, cancelled, other].map(({ answer }) => answer)).toEqual(Array(3).fill('saved'));
  await expect(a.page.locator('#printed li')).toHaveText([/K1/]);
  await expect(b.page.locator('#printed li')).toHaveText([/K1/, /K2/]);
  await expect(ordersOn(b.page)).toHaveText([/^◔ K1 of Ann: saved/, /^◔ K2 of Ann: saved/]);

  await b.reload();
  await expect(ordersOn(b.page)).toHaveText([/^◔ K1 of Ann: saved/, /^◔ K2 of Ann: saved/]);
  expect(farEnd.calls).toEqual([]);
  lineOfA.heal();
  expect(await a.page.evaluate(outcomeOf, kept.id)).toEqual({ type: 'confirmed' });
  await expect.poll(() => farEnd.payloadsOf('parcel')).toEqual([{ number: 'K1' }]);
  lineOfB.heal();
  expect(await b.page.evaluate(outcomeOf, cancelled.id)).toMatchObject({ type: 'compensated' });
  expect(await b.page.evaluate(outcomeOf, other.id)).toEqual({ type: 'confirmed' });
  expect(repeating.counts.repeated).toBeGreaterThan(0);
  await expect(b.page.locator('#told')).toContainText(`duplicate ${kept.id}`);
  const remark = { type: 'duplicate', other: kept.id, key: 'K1' };
  expect(await b.page.evaluate(remarksOn, cancelled.id)).toEqual([remark]);
  expect(await b.page.evaluate(remarksOn, other.id)).toEqual([]);

  // Nor does it happen again where everything is read once more; K3 shows that the primary is at work.
  await relay.killAndRestart();
  for (const one of [a, b]) await one.reload();
  const last = await a.page.evaluate(submit, 'K3');
  expect(await a.page.evaluate(outcomeOf, last.id)).toEqual({ type: 'confirmed' });
  const numbers = ['K1', 'K2', 'K3'].map((number) => ({ number }));
  await expect.poll(() => farEnd.payloadsOf('parcel')).toEqual(numbers);
  const apology = { number: 'K1', who: 'Ann', coupon: 'sorry-K1' };
  await expect.poll(() => farEnd.payloadsOf('apology')).toEqual([apology]);
  for (const one of [a, b]) {
    await one.isIn('connected');
    const books = { tea: 10 - 3, paid: 3 * 30, coupons: ['sorry-K1'] };
    await expect.poll(() => inTheBooks(one.page)).toEqual(books);
    await expect(ordersOn(one.page)).toHaveText([
      /cancelled of Ann/,
      /✓ K1 of Ann/,
      /✓ K2 of Ann/,
      /✓ K3 of Ann/,
    ]);
    await expect(one.page.locator('#coupons')).toHaveText('sorry-K1');
  }
  await expect(ordersOn(b.page).first()).toHaveClass('causeway-compensated');
  await expect(b.page.locator('#printed li')).toHaveCount(0); // It was, before the reloads.
});
