// S10 in a real browser: an order is placed while cut off, and its charge waits. A cancellation that comes
// first wins and no card is charged; without one it is charged once, wherever the relay is killed.
import { expect, type Page, test } from '@playwright/test';
import { bothWays } from '../faults/support/faulty-proxy.ts';
// For the functions that run in the page: they see `customer`.
import type {} from './support/charge-page/charge-page.ts';
import { openPlace, type PlacePage } from './support/open-place.ts';
import { type PlaceWithFarEnd, startPlaceWithFarEnd } from './support/place-with-far-end.ts';

const order = 'o-1'; // The one that the page shows.
const cents = 42_00;
let place: PlaceWithFarEnd;

test.beforeAll(async () => {
  place = await startPlaceWithFarEnd('charge-page', 'charge-primary');
});
test.afterAll(async () => {
  await place.close();
});

/** Runs in the page. */
async function placeAndCharge({ order, cents }: { order: string; cents: number }) {
  const { handle } = globalThis.customer;
  const placed = await handle.run('place', { order }).saved;
  const charge = handle.run('charge', { order, cents });
  return { id: charge.id, answers: [placed, await charge.saved] };
}
/** The processor's calls for this charge so far, by key: attempt after attempt. */
const callsFor = (charge: string) =>
  place.farEnd.calls.filter(({ key }) => key === `${charge}:0`).map(({ attempt }) => attempt);
/** Runs in the page. */
const cancel = async (order: string) =>
  (await globalThis.customer.handle.run('cancel', { order }).outcome).type;
/** Runs in the page. */
const outcomeOf = (id: string) => globalThis.customer.handle.receipt(id)?.outcome;
/** Runs in the page: what is known of the charge outside. */
const chargesOf = (id: string) =>
  globalThis.customer.handle
    .effects(id)
    .current.map(({ state, attempt, receipt }) => ({ state, attempt, receipt }));

const shown = (page: Page) => page.locator('#order');

/** A is cut off, places the order, asks for the charge and is loaded again. Nothing was charged. */
async function orderWhileCut(page: Page, document: string) {
  const { lineOfA, relay } = place;
  const where = { url: relay.url, document };
  const a = await openPlace(page, { ...where, line: lineOfA.url, name: `a-${document}` });
  const b = await openPlace(await page.context().newPage(), { ...where, name: `b-${document}` });
  for (const one of [a, b]) await one.isIn('connected');
  lineOfA.cut(bothWays, 'lose');
  await a.isIn('partitioned');
  await expect(shown(a.page)).toHaveText('draft');
  const { id, answers } = await a.page.evaluate(placeAndCharge, { order, cents });
  expect(answers).toMatchObject([
    { type: 'saved', as: 'applied' },
    { type: 'saved', as: 'intent' },
  ]);
  await expect(shown(a.page)).toHaveText('placed, will be processed');
  await a.reload();
  await expect(shown(a.page)).toHaveText('placed, will be processed');
  await expect(shown(b.page)).toHaveText('draft');
  expect(callsFor(id)).toEqual([]);
  return { a, b, charge: id };
}

/**
 * Another order is placed and charged, at the second attempt: the pause before that is as long as the one
 * after which whatever is not known to be done before it would be tried again.
 */
async function expectAnotherCharged({ page }: PlacePage): Promise<void> {
  place.farEnd.refuseOnce();
  const { id } = await page.evaluate(placeAndCharge, { order: 'another', cents });
  await expect.poll(() => callsFor(id)).toEqual([1, 2]);
}

async function expectPaid(pages: readonly PlacePage[], charge: string, attempt: number) {
  for (const one of pages) {
    await expect(shown(one.page)).toHaveText('paid');
    const done = { state: 'done', attempt, receipt: { key: `${charge}:0` } };
    await expect
      .poll(() => one.page.evaluate(chargesOf, charge), { timeout: 15_000 })
      .toEqual([done]);
  }
}

test('S10: an order that is cancelled before its charge was heard of is never charged', async ({
  page,
}) => {
  const { lineOfA, relay } = place;
  const { a, b, charge } = await orderWhileCut(page, 'cancelled');
  expect(await b.page.evaluate(cancel, order)).toBe('confirmed');
  lineOfA.heal();
  const refused = { type: 'refused', code: 'requires', reason: 'cancelled' };
  expect(await a.page.evaluate(outcomeOf, charge)).toEqual(refused);
  await expect(a.page.locator('#told')).toContainText('refused');
  for (const one of [a, b]) await expect(shown(one.page)).toHaveText('cancelled');
  await relay.killAndRestart();
  await a.reload();
  await a.isIn('connected');
  expect(await a.page.evaluate(outcomeOf, charge)).toEqual(refused);
  await expectAnotherCharged(b);
  expect(callsFor(charge)).toEqual([]);
});

test('S10: an order that nobody cancelled is charged once, also when all is read again', async ({
  page,
}) => {
  const { farEnd, lineOfA, relay } = place;
  const { a, b, charge } = await orderWhileCut(page, 'charged');
  lineOfA.heal();
  expect(await a.page.evaluate(outcomeOf, charge)).toEqual({ type: 'confirmed' });
  await expectPaid([a, b], charge, 1);
  await relay.killAndRestart();
  await a.reload();
  await expectAnotherCharged(b);
  await expectPaid([a, b], charge, 1);
  expect(callsFor(charge)).toEqual([1]);
  const about = { effect: 'chargeCard', key: `${charge}:0`, payload: { order, cents } };
  expect(farEnd.calls).toContainEqual({ ...about, attempt: 1 });
});

test('S10: a relay that is killed between the charge and its answer charges under the same key', async ({
  page,
}) => {
  const { farEnd, lineOfA, relay } = place;
  const { a, b, charge } = await orderWhileCut(page, 'killed');
  farEnd.holdAnswers();
  lineOfA.heal();
  await expect.poll(() => callsFor(charge)).toEqual([1]);
  await relay.killAndRestart();
  farEnd.answer();
  await expectPaid([a, b], charge, 2);
  expect(await a.page.evaluate(outcomeOf, charge)).toEqual({ type: 'confirmed' });
  expect(callsFor(charge)).toEqual([1, 2]);
});
