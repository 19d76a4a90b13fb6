// S14 in a real browser: an operation that waits longer than its bound for the relay has found a
// partition, although the socket never closed. It goes on as tentative, and commits once; or it is
// taken back, and the log says once whether that was in time.
import { expect, type Page, test } from '@playwright/test';
import { type FaultyProxy, startFaultyProxy } from '../faults/support/faulty-proxy.ts';
import { type MachinePage, openMachine } from './support/machine-page.ts';
import { type ServedRelay, serveRelay } from './support/served-relay.ts';

const document = 'slow-line';
const withinMs = 500;
let relay: ServedRelay;
let line: FaultyProxy;

test.beforeAll(async () => {
  relay = await serveRelay();
  line = await startFaultyProxy(relay.port);
});
test.afterAll(async () => {
  await line.close();
  await relay.close();
});

const linePort = (): number => Number(new URL(line.url).port);

/** Runs in the page: pays in, and tells all that the machine said until it is connected again. */
async function payIn({ cents, withinMs }: { cents: number; withinMs: number }) {
  const handle = globalThis.causewayDemo?.device('harbour')?.handle;
  if (!handle) throw new Error('no machine on this page');
  const beganMs = performance.now();
  const seen: { mode: string; link: string; rung: string; tentative: boolean; atMs: number }[] = [];
  const balance = handle.select((bank) => bank.balance.get('ann'));
  const bound = { withinMs, onTimeout: 'proceed' } as const;
  const receipt = handle.run('deposit', { account: 'ann', cents }, bound);
  const look = (): void => {
    const { mode, link } = handle.status.current;
    const { tentative } = balance.current;
    const rung = receipt.state.current.type;
    seen.push({ mode, link, rung, tentative, atMs: performance.now() - beganMs });
  };
  const stops = [handle.status, receipt.state].map((live) => live.subscribe(look));
  const outcome = await receipt.outcome;
  await handle.status.waitFor(({ mode, synced }) => mode === 'connected' && synced);
  for (const stop of stops) stop();
  return { outcome, seen, episodes: handle.episodes.current.map(({ why }) => why) };
}

/** Counts the page's sockets, and says when one closes. */
function watchSockets(page: Page): { opened: number; closed: number } {
  const count = { opened: 0, closed: 0 };
  page.on('websocket', (socket) => {
    count.opened += 1;
    socket.on('close', () => {
      count.closed += 1;
    });
  });
  return count;
}

test('S14: a slow answer is a partition at the bound of the operation, and commits once', async ({
  page,
  context,
}) => {
  const sockets = watchSockets(page);
  // Slow from the start: the client's own bound is four of the round trips that it measured.
  line.setDelay(200);
  const harbour = await openMachine(page, {
    url: relay.url,
    device: 'harbour',
    document,
    line: linePort(),
  });
  await harbour.isIn('connected');
  await harbour.act('deposit', '1'); // The first save takes longer than those after it.
  await expect(harbour.part('outcome')).toContainText('Confirmed');

  const inTime = await page.evaluate(payIn, { cents: 10_00, withinMs });
  expect(inTime.outcome).toEqual({ type: 'confirmed' });
  expect(new Set(inTime.seen.map(({ mode }) => mode))).toEqual(new Set(['connected']));
  const committed = inTime.seen.find(({ rung }) => rung === 'committed');
  expect(committed?.atMs).toBeGreaterThanOrEqual(400);

  line.setDelay(300);
  const late = await page.evaluate(payIn, { cents: 5_00, withinMs });
  const cut = late.seen.find(({ mode }) => mode === 'partitioned');
  expect(cut).toMatchObject({ rung: 'saved', tentative: true, link: 'connected' });
  expect(cut?.atMs).toBeGreaterThanOrEqual(withinMs);
  const answered = late.seen.find(({ rung }) => rung === 'committed');
  expect(answered?.atMs).toBeGreaterThanOrEqual(600);
  expect(cut?.atMs).toBeLessThan(600);
  expect(late.outcome).toEqual({ type: 'confirmed' });
  expect(late.episodes).toEqual(['operation-late']); // Neither the detector nor the first operation.
  expect(new Set(late.seen.map(({ link }) => link))).toEqual(new Set(['connected']));
  expect(sockets).toEqual({ opened: 1, closed: 0 });

  const market = await openMachine(await context.newPage(), {
    url: relay.url,
    device: 'market',
    document,
  });
  await expect(market.part('balance')).toHaveText('116.00');
  await page.reload();
  await harbour.isIn('connected');
  await expect(harbour.part('balance')).toHaveText('116.00');
  await expect(harbour.part('pending-item')).toHaveCount(0);
  const logged = await relay.operations(document);
  expect(logged.map(({ args }) => args.cents)).toEqual([1_00, 10_00, 5_00]);
});

/** Runs in the page: pays in, or rather not at all. Resolves when it is known that it takes longer. */
async function payInOrCancel({ cents, withinMs }: { cents: number; withinMs: number }) {
  const handle = globalThis.causewayDemo?.device('harbour')?.handle;
  if (!handle) throw new Error('no machine on this page');
  const beganMs = performance.now();
  const links: string[] = [];
  handle.status.subscribe(({ link }) => links.push(link));
  const bound = { withinMs, onTimeout: 'cancel' } as const;
  const { id, committed } = handle.run('deposit', { account: 'ann', cents }, bound);
  const answer = await committed;
  const atMs = performance.now() - beganMs;
  const { mode } = handle.status.current;
  await handle.status.waitFor(({ unsaved }) => unsaved === 0); // The cancellation is kept.
  return { id, answer, atMs, mode, links };
}
/** Runs in the page: how it stands, and what became of it. */
const rungOf = (id: string) =>
  globalThis.causewayDemo?.device('harbour')?.handle.receipt(id)?.state.current;
const outcomeOf = (id: string) =>
  globalThis.causewayDemo?.device('harbour')?.handle.receipt(id)?.outcome;

/** The page gives up at its bound, on an open socket. Then it is loaded anew, and still waits. */
async function giveUp({ page, part }: MachinePage, cents: number): Promise<string> {
  const sockets = watchSockets(page);
  const late = await page.evaluate(payInOrCancel, { cents, withinMs });
  expect(late).toMatchObject({
    answer: { type: 'refused', code: 'cancelling' },
    mode: 'partitioned',
  });
  expect(late.atMs).toBeGreaterThanOrEqual(withinMs);
  expect(late.atMs).toBeLessThan(600);
  expect(new Set(late.links)).toEqual(new Set(['connected']));
  expect(sockets).toEqual({ opened: 0, closed: 0 });
  await page.reload();
  await expect(part('balance')).toBeVisible();
  expect(await page.evaluate(rungOf, late.id)).toEqual({ type: 'cancelling' });
  return late.id;
}

test('S14: who would rather cancel is refused at the bound, and the log says once which it was', async ({
  page,
}) => {
  const document = 'slow-cancel';
  line.setDelay(200);
  const where = { url: relay.url, device: 'harbour', document, line: linePort() };
  const harbour = await openMachine(page, where);
  await harbour.isIn('connected');
  await harbour.act('deposit', '1');
  await expect(harbour.part('outcome')).toContainText('Confirmed');

  line.setDelay(300); // It is at the bank before its bound, and the bank's answer is not here.
  const done = await giveUp(harbour, 5_00);
  expect(await page.evaluate(outcomeOf, done)).toEqual({ type: 'confirmed' });
  await harbour.isIn('connected');

  line.cut(['up'], 'lose'); // It never gets there. The cancellation is asked before it is.
  const undone = await giveUp(harbour, 7_00);
  line.heal();
  const cancelled = { type: 'refused', code: 'cancelled' };
  expect(await page.evaluate(outcomeOf, undone)).toEqual(cancelled);
  await harbour.isIn('connected');
  await expect(harbour.part('balance')).toHaveText('106.00');

  const logged = await relay.operations(document);
  const answers = logged.filter(({ kind }) => kind === 'result' || kind === 'cancelled');
  expect(answers.map(({ id, kind }) => [id, kind])).toEqual([
    [done, 'result'],
    [undone, 'cancelled'],
  ]);
});
