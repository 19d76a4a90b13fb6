// S11 in a real browser: a line that is cut one way only. A page that hears the relay and is not heard
// is cut off all the same, it alone; and what is sent again after a lost answer counts once.
import { expect, type JSHandle, type Page, test } from '@playwright/test';
import type { FaultyProxy } from '../faults/support/faulty-proxy.ts';
import { type DeskPage, openDesk, patient } from './support/open-desk.ts';
import { type RepeatingLine, startRepeatingLine } from './support/repeating-line.ts';
import { type ServedDesk, serveDesk } from './support/serve-desk.ts';
import type { ServedRelay } from './support/served-relay.ts';

let served: ServedDesk;
let relay: ServedRelay;
let line: FaultyProxy;
let repeating: RepeatingLine;

test.beforeAll(async () => {
  served = await serveDesk();
  ({ relay, line } = served);
  repeating = await startRepeatingLine(Number(new URL(line.url).port));
});
test.afterAll(async () => {
  await repeating.close();
  await served.close();
});

const balanceOn = ({ page }: DeskPage): Promise<number> =>
  page.evaluate(() => globalThis.desk.handle.view.balance.get('ann'));

/** Runs in the page: so much out, or in where it is negative. Resolves with the id once it is saved. */
async function take(cents: number): Promise<string> {
  const name = cents > 0 ? 'withdraw' : 'deposit';
  const args = { account: 'ann', cents: Math.abs(cents) };
  const { id, saved } = globalThis.desk.handle.run(name, args);
  const answer = await saved;
  if (answer.type !== 'saved') throw new Error(answer.code);
  return id;
}
/** Runs in the page: how it stands, and what became of it. */
const rungOf = (id: string) => globalThis.desk.handle.receipt(id)?.state.current.type;
const outcomeOf = (id: string) => globalThis.desk.handle.receipt(id)?.outcome;

/** The modes that the page is in from now on. */
function watchModes(page: Page): Promise<JSHandle<string[]>> {
  return page.evaluateHandle(() => {
    const { status } = globalThis.desk.handle;
    const modes: string[] = [status.current.mode];
    status.subscribe(({ mode }) => mode !== modes.at(-1) && modes.push(mode));
    return modes;
  });
}

/** A on the line that will be cut, B on a good one. */
async function openBoth(page: Page, document: string, lineOfA: string) {
  const a = await openDesk(page, { url: relay.url, document, name: 'a', line: lineOfA });
  const elsewhere = await page.context().newPage();
  const b = await openDesk(elsewhere, { url: relay.url, document, name: 'b', bounds: patient });
  for (const desk of [a, b]) await desk.isIn('connected');
  return { a, b, modesOfB: await watchModes(b.page) };
}

/** What each device of a document's log did, in order. */
async function loggedIn(document: string): Promise<readonly (readonly string[])[]> {
  const logged = await relay.operations(document);
  return logged.map(({ name, mode, outcome }) => [name, mode, outcome]);
}

test('S11: who is not heard is in partition mode alone, and recovers alone', async ({ page }) => {
  const document = 'unheard';
  const { a, b, modesOfB } = await openBoth(page, document, line.url);
  line.cut(['up'], 'lose');
  await a.isIn('partitioned');
  const modesOfA = await watchModes(page);
  const byA = await page.evaluate(take, 10_00);
  const byB = await b.page.evaluate(take, -10_00);
  expect(await b.page.evaluate(outcomeOf, byB)).toEqual({ type: 'confirmed' });
  // A hears of the deposit: that proves nothing. Only the echo of its own probe would.
  await expect.poll(() => balanceOn(a)).toBe(100_00);
  expect(await balanceOn(b)).toBe(110_00);
  expect(await modesOfA.jsonValue()).toEqual(['partitioned']);
  expect(await page.evaluate(rungOf, byA)).toBe('saved');

  line.heal();
  expect(await page.evaluate(outcomeOf, byA)).toEqual({ type: 'confirmed' });
  await a.isIn('connected');
  await expect.poll(() => balanceOn(b)).toBe(100_00);
  expect(await modesOfA.jsonValue()).toEqual(['partitioned', 'recovering', 'connected']);
  expect(await modesOfB.jsonValue()).toEqual(['connected']);
  const episodesOf = (desk: DeskPage) =>
    desk.page.evaluate(() => globalThis.desk.handle.episodes.current.length);
  expect([await episodesOf(a), await episodesOf(b)]).toEqual([1, 0]);
  expect(await loggedIn(document)).toEqual([
    ['deposit', 'connected', 'confirmed'],
    ['withdraw', 'partitioned', 'confirmed'],
  ]);
});

test('S11: what was committed and never acknowledged is recognised, and counts once', async ({
  page,
}) => {
  const document = 'unanswered';
  const { a, b, modesOfB } = await openBoth(page, document, `http://127.0.0.1:${repeating.port}`);
  line.cut(['down'], 'lose');
  const byA = await page.evaluate(take, 10_00);
  // B sees it, so it is committed; only its author does not know.
  await expect.poll(() => balanceOn(b)).toBe(90_00);
  await a.isIn('partitioned');
  expect(await page.evaluate(rungOf, byA)).toBe('saved');
  expect(repeating.counts.repeated).toBeGreaterThan(0);

  await a.reload();
  expect(await page.evaluate(rungOf, byA)).toBe('saved');
  expect(await balanceOn(a)).toBe(90_00);
  line.heal();
  expect(await page.evaluate(outcomeOf, byA)).toEqual({ type: 'confirmed' });
  await a.isIn('connected');
  // And it goes on, now that it hears what the relay says of repetitions: they are no offence.
  for (const cents of [-4_00, -6_00]) {
    const next = await page.evaluate(take, cents);
    expect(await page.evaluate(outcomeOf, next)).toEqual({ type: 'confirmed' });
  }
  await expect.poll(() => balanceOn(b)).toBe(100_00);
  expect(await balanceOn(a)).toBe(100_00);
  expect(await modesOfB.jsonValue()).toEqual(['connected']);
  expect((await loggedIn(document)).map(([name, , outcome]) => [name, outcome])).toEqual([
    ['withdraw', 'confirmed'],
    ['deposit', 'confirmed'],
    ['deposit', 'confirmed'],
  ]);
});
