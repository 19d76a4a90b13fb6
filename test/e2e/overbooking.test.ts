// S6 in a real browser: two counters that are cut off sell the last seat of a flight, each to somebody
// else. Nobody is bumped by a rule: every page asks, a person answers, and that is done once.
import type { CaseId } from '@causeway/core';
import { expect, type Page, test } from '@playwright/test';
import { bothWays } from '../faults/support/faulty-proxy.ts';
// For the functions that run in the page: they see `counter`.
import type {} from './support/airline-page/airline-page.ts';
import { openPlace, type PlacePage } from './support/open-place.ts';
import { type PlaceWithFarEnd, startPlaceWithFarEnd } from './support/place-with-far-end.ts';

const document = 'flight';
let place: PlaceWithFarEnd;

test.beforeAll(async () => {
  place = await startPlaceWithFarEnd('airline-page', 'airline-primary');
});
test.afterAll(async () => {
  await place.close();
});

/** Runs in the page. */
async function confirm(passenger: string) {
  const { id, saved } = globalThis.counter.handle.run('confirm', { passenger });
  return { id, answer: (await saved).type };
}
/** Runs in the page. */
const outcomeOf = (id: string) => globalThis.counter.handle.receipt(id)?.outcome;
/** Runs in the page: what it says of the case, to whoever looks. */
function evidence() {
  const [item, ...others] = globalThis.counter.handle.inbox.current;
  if (!item || others.length > 0) throw new Error(`${others.length} other questions`);
  return {
    case: item.case,
    sent: item.found.question?.evidence.map(({ name, payload }) => [name, payload]),
  };
}
/** Runs in the page. */
const chooseP2 = (id: CaseId) => globalThis.counter.handle.inbox.choose(id, 'P2').outcome;
/** Runs in the page. */
const casesOf = () =>
  globalThis.counter.handle.cases.current.map(({ state, deficit, resolutions }) => ({
    ...{ state, deficit, labels: resolutions?.map(({ label }) => label) },
  }));

const seatsOn = (page: Page) => page.locator('#seats li');
const questionOn = (page: Page) => page.locator('#asked article');

/** P1 is on board; A sells a seat to P2 and B one to P3, and then they hear of each other. */
async function overbook(a: PlacePage, b: PlacePage): Promise<readonly string[]> {
  const { farEnd, lineOfA, lineOfB } = place;
  for (const line of [lineOfA, lineOfB]) line.cut(bothWays, 'lose');
  for (const one of [a, b]) await one.isIn('partitioned');
  const byA = await a.page.evaluate(confirm, 'P2');
  const byB = await b.page.evaluate(confirm, 'P3');
  expect([byA.answer, byB.answer]).toEqual(['saved', 'saved']);
  await expect(seatsOn(a.page)).toHaveText([/^✓ P1/, /^◔ P2: saved on this device/]);
  await expect(seatsOn(b.page)).toHaveText([/^✓ P1/, /^◔ P3: saved on this device/]);
  lineOfA.heal();
  expect(await a.page.evaluate(outcomeOf, byA.id)).toEqual({ type: 'confirmed' });
  await expect.poll(() => farEnd.payloadsOf('confirmation')).toEqual(['P1', 'P2']);
  await b.reload();
  lineOfB.heal();
  return [byA.id, byB.id];
}

test('S6: three passengers for two seats are a question to people, and it is answered once', async ({
  page,
}) => {
  const { farEnd, lineOfA, lineOfB, relay } = place;
  const where = { url: relay.url, document };
  const newPage = (): Promise<Page> => page.context().newPage();
  const a = await openPlace(page, { ...where, line: lineOfA.url, name: 'a' });
  const b = await openPlace(await newPage(), { ...where, line: lineOfB.url, name: 'b' });
  for (const one of [a, b]) await one.isIn('connected');
  const first = await a.page.evaluate(confirm, 'P1');
  expect(await a.page.evaluate(outcomeOf, first.id)).toEqual({ type: 'confirmed' });
  await expect(seatsOn(b.page)).toHaveText([/P1/]);
  const [byA = '', byB = ''] = await overbook(a, b);
  for (const one of [a, b]) {
    await expect(questionOn(one.page)).toContainText('LH1 is overbooked by 1: who gives up');
    await expect(questionOn(one.page).getByRole('button')).toHaveText(['P1', 'P2', 'P3']);
    await expect(seatsOn(one.page)).toHaveText([/P1/, /P2/, /P3/]);
  }
  const { case: id, sent } = await a.page.evaluate(evidence);
  expect(sent).toEqual(['P1', 'P2', 'P3'].map((who) => ['confirmation', who]));

  lineOfA.cut(bothWays, 'lose');
  await a.isIn('partitioned');
  await questionOn(a.page).getByRole('button', { name: 'P3' }).click();
  const waits = '⧖ answered here: P3: noted on this device';
  await expect(questionOn(a.page)).toContainText(waits);
  await a.reload();
  await expect(questionOn(a.page)).toContainText(waits);
  await relay.killAndRestart();
  await b.isIn('connected');
  await expect(questionOn(b.page).getByRole('button')).toHaveCount(3);
  await expect(seatsOn(b.page)).toHaveCount(3);
  // Nothing of P3 leaves the system while people may still decide otherwise.
  expect(farEnd.payloadsOf('confirmation')).toEqual(['P1', 'P2']);
  lineOfA.heal();

  for (const one of [a, b]) {
    await expect(questionOn(one.page)).toHaveCount(0);
    await expect(seatsOn(one.page)).toHaveText([/P1/, /P2/]);
    await expect(one.page.locator('#vouchers')).toHaveText('P3');
    const decided = { state: 'resolved', deficit: 0, labels: ['P3'] };
    expect(await one.page.evaluate(casesOf)).toEqual([decided]);
  }
  expect(await a.page.evaluate(outcomeOf, byA)).toEqual({ type: 'confirmed' });
  expect(await b.page.evaluate(outcomeOf, byB)).toEqual({ type: 'compensated', case: id });
  await expect(b.page.locator('#told')).toContainText('compensated');
  expect(await b.page.evaluate(chooseP2, id)).toMatchObject({
    ...{ type: 'refused', code: 'not-asked', state: 'resolved', label: 'P3' },
  });
  // It was held, and nobody withheld it.
  await expect.poll(() => farEnd.payloadsOf('confirmation')).toEqual(['P1', 'P2', 'P3']);
  await expect.poll(() => farEnd.payloadsOf('message')).toEqual(['P3 cannot fly with LH1']);
  expect(farEnd.payloadsOf('voucher')).toEqual(['P3']);
});
