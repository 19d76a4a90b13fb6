// Builds a page of these tests, so that a relay can serve it.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, defaultClientConditions } from 'vite';
import { sourceCondition } from '../../../scripts/node-setup.ts';

export type BuiltPage =
  | 'saving-page'
  | 'desk-page'
  | 'room-page'
  | 'shop-page'
  | 'airline-page'
  | 'charge-page';
export interface BuiltSite {
  readonly folder: string;
  remove(): Promise<void>;
}

/** Built from the packages' sources, as the demonstration is. */
export async function buildSite(page: BuiltPage): Promise<BuiltSite> {
  const folder = await mkdtemp(join(tmpdir(), 'causeway-site-'));
  await build({
    configFile: false,
    root: fileURLToPath(new URL(page, import.meta.url)),
    logLevel: 'error',
    resolve: { conditions: [sourceCondition, ...defaultClientConditions] },
    build: { target: 'es2023', outDir: folder, emptyOutDir: true, minify: false },
  });
  return { folder, remove: () => rm(folder, { recursive: true }) };
}
