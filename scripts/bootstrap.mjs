// Makes a bare clone runnable: installs what the lock file says when that is due, and sees to Node 24.
// Plain JavaScript: it may run on an older Node than the project itself.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isFresh } from './stamp.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const nodeNeeded = 24;

// Left in place, the settings of the npm that started us would bend the one we start.
const inherited = /^npm_(config_(workspaces?|prefix|ignore_scripts)|lifecycle|package|command)/i;

function installDependencies() {
  console.log('dependencies are missing or out of date: npm ci');
  const flags = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  const install = spawnSync('npm', ['ci', ...flags], {
    cwd: root,
    stdio: 'inherit',
    env: Object.fromEntries(Object.entries(process.env).filter(([key]) => !inherited.test(key))),
    shell: process.platform === 'win32',
  });
  if (install.status !== 0) process.exit(install.status ?? 1);
}

if (!isFresh()) installDependencies();

const isPackaged = ['node', 'node.cmd'].some((name) =>
  existsSync(`${root}node_modules/.bin/${name}`),
);
if (!isPackaged && Number(process.versions.node.split('.')[0]) < nodeNeeded) {
  const platform = `${process.platform}-${process.arch}`;
  console.error(`Node ${nodeNeeded} or newer is needed (this is ${process.version}).`);
  console.error(`No packaged one comes with the dependencies for ${platform}: install it first.`);
  process.exit(1);
}
