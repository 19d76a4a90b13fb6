// S14 in a real browser: an operation that waits longer than its bound for the relay has found a
// partition, although the socket never closed. It goes on as tentative, and commits once.
import { expect, type Page, test } from '@playwright/test';
import { type SlowProxy, startSlowProxy } from '../integration/support/slow-proxy.ts';
import { openMachine } from './support/machine-page.ts';
import { type ServedRelay, serveRelay } from './support/served-relay.ts';

const document = 'slow-line';
const withinMs = 500;
let relay: ServedRelay;
let line: SlowProxy;

test.beforeAll(async () => {
  relay = await serveRelay();
  line = await startSlowProxy(relay.port);
});
test.afterAll(async () => {
  await line.close();
  await relay.close();
});

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
    line: line.port,
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
