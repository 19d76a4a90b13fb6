import { playwright } from '@vitest/browser-playwright';
import { defaultClientConditions, defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';
import { launchOptions } from './scripts/browser.ts';
import { setUpNode, sourceCondition } from './scripts/node-setup.ts';

// Test workers, and the relays that tests start, are child processes of this one.
setUpNode();

export default defineConfig({
  resolve: { conditions: [sourceCondition, ...defaultClientConditions] },
  ssr: {
    resolve: {
      conditions: [sourceCondition, ...defaultServerConditions],
      externalConditions: [sourceCondition, 'node'],
    },
  },
  optimizeDeps: {
    // Its WebAssembly import does not survive the optimizer.
    exclude: ['@automerge/automerge'],
    // Named, because a dependency discovered in the middle of a run reloads the page under the tests.
    include: ['fast-check', 'idb', 'y-protocols/awareness', 'y-protocols/sync', 'yjs'],
  },
  test: {
    allowOnly: false,
    coverage: {
      provider: 'v8',
      include: ['packages/*/src/**/*.ts'],
      reporter: ['text', 'json-summary'],
    },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          environment: 'node',
          // Real processes on a busy machine: the limit is for what hangs, not a claim of speed.
          testTimeout: 60_000,
          hookTimeout: 60_000,
          include: [
            'packages/*/src/**/*.test.ts',
            'test/{unit,golden,integration,faults}/**/*.test.ts',
          ],
        },
      },
      {
        extends: true,
        test: {
          name: 'simulation',
          environment: 'node',
          testTimeout: 60_000,
          hookTimeout: 60_000,
          include: ['test/{simulation,scenarios}/**/*.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          testTimeout: 60_000,
          hookTimeout: 60_000,
          include: ['test/browser/**/*.test.ts'],
          browser: {
            enabled: true,
            headless: true,
            provider: playwright({ launchOptions }),
            instances: [{ browser: 'chromium' }],
            screenshotFailures: false,
          },
        },
      },
    ],
  },
});
