import { defineConfig } from '@playwright/test';
import { launchOptions } from './scripts/browser.ts';
import { setUpNode } from './scripts/node-setup.ts';

// Test workers, and the relays that tests start on ports of their own, are child processes of this one.
setUpNode();

export default defineConfig({
  testDir: 'test/e2e',
  testMatch: '**/*.test.ts',
  workers: 1,
  retries: 0,
  forbidOnly: true,
  reporter: 'list',
  timeout: 60_000,
  use: { launchOptions, trace: 'retain-on-failure' },
  projects: [{ name: 'chromium', use: { browserName: 'chromium' } }],
});
