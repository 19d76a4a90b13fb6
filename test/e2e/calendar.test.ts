// S8 in a real browser: two pages book one room while cut off. What a person sees of a booking is
// tentative in words, then what became of it; and whoever is moved is told on the open page.
import { fileURLToPath } from 'node:url';
import { expect, type Page, test } from '@playwright/test';
import { bothWays, type FaultyProxy, startFaultyProxy } from '../faults/support/faulty-proxy.ts';
import { type BuiltSite, buildSite } from './support/built-site.ts';
import { openPlace } from './support/open-place.ts';
// For the functions that run in the page: they see `room`.
import type {} from './support/room-page/room-page.ts';
import { type ServedRelay, serveRelay } from './support/served-relay.ts';

let site: BuiltSite;
let relay: ServedRelay;
let lineOfA: FaultyProxy;
let lineOfB: FaultyProxy;

test.beforeAll(async () => {
  site = await buildSite('room-page');
  const app = fileURLToPath(new URL('./support/room-page/room.ts', import.meta.url));
  relay = await serveRelay(site.folder, app);
  lineOfA = await startFaultyProxy(relay.port);
  lineOfB = await startFaultyProxy(relay.port);
});
test.afterAll(async () => {
  await lineOfA.close();
  await lineOfB.close();
  await relay.close();
  await site.remove();
});

/** Runs in the page. */
async function book({ who, first, second }: { who: string; first: string; second: string }) {
  const { id, saved } = globalThis.room.handle.run('book', { who, slots: [first, second] });
  return { id, answer: (await saved).type };
}
/** Runs in the page. */
const outcomeOf = (id: string) => globalThis.room.handle.receipt(id)?.outcome;
const lineAbout = (page: Page, who: string) => page.locator(`#bookings [data-who="${who}"]`);

test('S8: a tentative booking says so, and who is moved is told without a reload', async ({
  page,
}) => {
  const where = { url: relay.url, document: 'room' };
  const placeA = await openPlace(page, { ...where, line: lineOfA.url, name: 'a' });
  const newPage = await page.context().newPage();
  const placeB = await openPlace(newPage, { ...where, line: lineOfB.url, name: 'b' });
  const [a, b] = [placeA.page, placeB.page];
  for (const one of [placeA, placeB]) await one.isIn('connected');
  lineOfA.cut(bothWays, 'lose');
  lineOfB.cut(bothWays, 'lose');
  for (const one of [placeA, placeB]) await one.isIn('partitioned');
  const byA = await a.evaluate(book, { who: 'Ann', first: '10:00', second: '11:00' });
  const byB = await b.evaluate(book, { who: 'Ben', first: '10:00', second: '12:00' });
  expect([byA.answer, byB.answer]).toEqual(['saved', 'saved']);
  for (const [one, who] of [
    [a, 'Ann'],
    [b, 'Ben'],
  ] as const) {
    await expect(lineAbout(one, who)).toHaveClass('causeway-tentative');
    await expect(lineAbout(one, who)).toContainText(`◔ 10:00 ${who}: saved on this device`);
  }

  lineOfA.heal();
  await placeA.isIn('connected');
  expect(await a.evaluate(outcomeOf, byA.id)).toEqual({ type: 'confirmed' });
  lineOfB.heal();
  expect(await b.evaluate(outcomeOf, byB.id)).toMatchObject({ type: 'compensated' });
  await expect(lineAbout(b, 'Ben')).toHaveClass('causeway-compensated');
  await expect(lineAbout(b, 'Ben')).toContainText('↺ 12:00 Ben');
  await expect(b.locator('#told')).toContainText('moved 12:00');
  for (const one of [a, b]) await expect(lineAbout(one, 'Ann')).toContainText('10:00 Ann');
  await expect(lineAbout(a, 'Ann')).toHaveClass('causeway-confirmed');
  // That its slot was contested, and is not any more; nothing of its own changed.
  await expect(a.locator('#told')).not.toContainText('moved');
});
