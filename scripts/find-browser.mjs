// Where is a Chromium? First the one named in CHROMIUM_PATH, then the system's, then Playwright's own.
// Plain JavaScript: it may run on an older Node than the project itself.
import { accessSync, constants } from 'node:fs';

const systemPaths = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The named or the system's browser; undefined when only Playwright's own can serve. */
export function findSystemBrowser() {
  const named = process.env['CHROMIUM_PATH'];
  if (!named) return systemPaths.find(isExecutable);
  // Another browser in its place would hide the mistake.
  if (!isExecutable(named)) throw new Error(`CHROMIUM_PATH is not executable: ${named}`);
  return named;
}

/** Playwright's own download, when it is there. */
export async function findPlaywrightBrowser() {
  const { chromium } = await import('playwright');
  const path = chromium.executablePath();
  return isExecutable(path) ? path : undefined;
}
