// S1 in a real browser, by the page's own buttons: what a machine that is cut off may pay out is net, it
// survives reloads, and only the bank's confirmation gives it back.
import { expect, test } from '@playwright/test';
import { type BreakingLine, startBreakingLine } from './support/breaking-line.ts';
import { type MachinePage, openMachine } from './support/machine-page.ts';
import { type ServedRelay, serveRelay } from './support/served-relay.ts';

const document = 'stand-in';
let relay: ServedRelay;
let line: BreakingLine;

test.beforeAll(async () => {
  relay = await serveRelay();
  line = await startBreakingLine(relay.port);
});
test.afterAll(async () => {
  await line.close();
  await relay.close();
});

/** The three operations wait, all that they changed is shown as tentative, and 10.00 are left. */
async function expectAllTentative({ part }: MachinePage): Promise<void> {
  await expect(part('pending-item')).toHaveCount(3);
  await expect(part('pending-item').locator('.what')).toHaveText([
    'Withdrawal',
    'Deposit',
    'Withdrawal',
  ]);
  await expect(part('pending-item').locator('.sum')).toHaveText(['−80.00', '+40.00', '−150.00']);
  await expect(part('balance')).toHaveText('310.00');
  await expect(part('balance')).toHaveAttribute('data-tentative', 'true');
  await expect(part('tentative')).toHaveText('of which −190.00 tentative');
  await expect(part('tentative').locator('svg')).toBeVisible();
  await expect(part('remaining')).toHaveText('10.00');
}

/** The bank has the three operations, and has not said yet what became of them. */
async function expectCommittedOnly({ part, page, isIn }: MachinePage): Promise<void> {
  await isIn('partitioned');
  await expect(part('outcome').and(page.locator('[data-rung=committed]'))).toHaveCount(3);
  await expect(part('pending-item')).toHaveCount(0);
  await expect(part('balance')).toHaveText('310.00');
  await expect(part('remaining')).toHaveText('10.00');
}

/** The bank would have the money; the limit says no. */
async function expectNoMoreThanTheRest({ act, part }: MachinePage): Promise<void> {
  await act('withdraw', '20');
  await expect(part('refusal')).toContainText('Refused');
  await expect(part('refusal')).toContainText('10.00 left until the line is back');
  await expect(part('remaining')).toHaveText('10.00');
}

test('S1: the limit is net, survives a reload, and comes back by confirmation only', async ({
  page,
  browser,
}) => {
  const where = { url: relay.url, document };
  const harbour = await openMachine(page, { ...where, device: 'harbour', line: line.port });
  const elsewhere = await (await browser.newContext()).newPage();
  const market = await openMachine(elsewhere, { ...where, device: 'market' });
  await harbour.isIn('connected');
  await harbour.act('deposit', '400');
  await expect(harbour.part('outcome')).toContainText('Confirmed');
  for (const { part } of [harbour, market]) await expect(part('balance')).toHaveText('500.00');

  await harbour.togglePlug();
  await harbour.isIn('partitioned');
  await harbour.act('withdraw', '150');
  await expect(harbour.part('remaining')).toHaveText('50.00');
  await harbour.act('deposit', '40');
  await expect(harbour.part('remaining')).toHaveText('90.00');
  await harbour.act('withdraw', '80');
  await expectAllTentative(harbour);
  await expectNoMoreThanTheRest(harbour);
  await expect(market.part('balance')).toHaveText('500.00');

  await page.reload(); // The plug stays pulled.
  await harbour.isIn('partitioned');
  await expectAllTentative(harbour);
  await expectNoMoreThanTheRest(harbour);

  const broken = line.breakBeforeVerdict();
  await harbour.togglePlug();
  await broken;
  await expectCommittedOnly(harbour);
  await expectNoMoreThanTheRest(harbour);
  await expect(market.part('balance')).toHaveText('310.00');
  await page.reload();
  await expectCommittedOnly(harbour);
  await expectNoMoreThanTheRest(harbour);

  line.mend();
  await harbour.isIn('connected');
  await expect(harbour.part('remaining')).toHaveText('200.00');
  await expect(harbour.part('outcome').and(page.locator('[data-rung=confirmed]'))).toHaveCount(4);
  await harbour.togglePlug();
  await harbour.isIn('partitioned');
  await harbour.act('withdraw', '200');
  await expect(harbour.part('balance')).toHaveText('110.00');
  await expect(harbour.part('remaining')).toHaveText('0.00');
});
