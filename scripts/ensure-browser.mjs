// Sees to it that the browser tests have a browser. It never lets them be skipped: no browser, no test run.
// Plain JavaScript: it may run on an older Node than the project itself.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { findPlaywrightBrowser, findSystemBrowser } from './find-browser.mjs';

const isRoot = process.getuid?.() === 0;

/** @param {string} command @param {string[]} args */
function run(command, args) {
  console.log(`${command} ${args.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync(command, args, { stdio: 'inherit', env }).status === 0;
}

function isDebian() {
  try {
    return /^ID="?debian"?$/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false;
  }
}

function installFromDebian() {
  run('apt-get', ['update', '-qq']);
  return run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium']);
}

function downloadFromPlaywright() {
  const cli = fileURLToPath(new URL('../node_modules/playwright/cli.js', import.meta.url));
  const libraries = isRoot && process.platform === 'linux' ? ['--with-deps'] : [];
  return run(process.execPath, [cli, 'install', ...libraries, 'chromium']);
}

const findBrowser = async () => findSystemBrowser() ?? (await findPlaywrightBrowser());

async function ensureBrowser() {
  if (await findBrowser()) return true;
  console.log('no Chromium was found: installing one for the browser tests');
  if (isRoot && isDebian() && installFromDebian() && findSystemBrowser()) return true;
  return downloadFromPlaywright() && Boolean(await findPlaywrightBrowser());
}

try {
  if (!(await ensureBrowser())) {
    throw new Error('the browser tests need Chromium, and none could be installed');
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.error('Install Chromium with your package manager (Debian: apt-get install chromium),');
  console.error('or run `npx playwright install chromium`,');
  console.error('or set CHROMIUM_PATH to the executable of a Chromium or Chrome you have.');
  process.exit(1);
}
