// The main job in a real browser against a real relay process: IndexedDB, WebSocket, a log on disk,
// a cut, one compensation (S2), a kill -9. S1 and S14 have files of their own.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, type Page, test } from '@playwright/test';
import { type RelayProcess, startRelayProcess } from '../integration/support/started-relay.ts';

const site = fileURLToPath(new URL('../../apps/demo/dist', import.meta.url));
let data: string;
let relay: RelayProcess;

test.beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'causeway-'));
  relay = await startRelayProcess({ data, site });
});
test.afterEach(async () => {
  await relay.stop();
  await rm(data, { recursive: true });
});

const device = (page: Page, name: string) => page.getByTestId(`device-${name}`);
const modeOf = (page: Page, name: string) => device(page, name);

async function isIn(page: Page, name: string, mode: string): Promise<void> {
  await expect(modeOf(page, name)).toHaveAttribute('data-mode', mode, { timeout: 15_000 });
}
async function pay(page: Page, name: string, amount: string): Promise<void> {
  await device(page, name).getByTestId('amount').fill(amount);
  await device(page, name).getByTestId('withdraw').click();
}
const plug = (page: Page, name: string) => device(page, name).getByTestId('plug').click();

test('S2: two cut machines overdraw the account; one case names both, one fee', async ({
  page,
}) => {
  await page.goto(relay.url);
  for (const name of ['harbour', 'station', 'market']) await isIn(page, name, 'connected');
  for (const name of ['harbour', 'station']) await plug(page, name);
  for (const name of ['harbour', 'station']) await isIn(page, name, 'partitioned');
  for (const name of ['harbour', 'station']) await pay(page, name, '80');
  await expect(device(page, 'harbour').getByTestId('balance')).toContainText('20.00');
  await expect(device(page, 'harbour').getByTestId('tentative')).toContainText('tentative');
  await plug(page, 'harbour');
  await isIn(page, 'harbour', 'connected');
  await plug(page, 'station');
  for (const name of ['harbour', 'station', 'market']) {
    await expect(device(page, name).getByTestId('balance')).toContainText('85.00', {
      timeout: 15_000,
    });
  }
  await expect(page.getByTestId('case')).toHaveCount(1);
  await expect(page.getByTestId('case')).toContainText('Harbour');
  await expect(page.getByTestId('case')).toContainText('Station');
  await expect(page.getByTestId('case')).toContainText('25.00');
});

test('kill -9 right after `committed`: nothing is lost, the other machine converges', async ({
  page,
}) => {
  await page.goto(relay.url);
  for (const name of ['harbour', 'market']) await isIn(page, name, 'connected');
  await device(page, 'harbour').getByTestId('amount').fill('30');
  await device(page, 'harbour').getByTestId('deposit').click();
  await page.evaluate(async () => {
    const { devices } = (
      window as unknown as { causewayDemo: { devices: { handle: { flush(): Promise<void> } }[] } }
    ).causewayDemo;
    await devices[0]?.handle.flush();
  });
  await relay.stop('SIGKILL');
  relay = await startRelayProcess({ data, site, port: relay.port });
  for (const name of ['harbour', 'market']) {
    await expect(device(page, name).getByTestId('balance')).toContainText('130.00', {
      timeout: 20_000,
    });
  }
  await isIn(page, 'market', 'connected');
});
