// How every test runner launches Chromium: one set of options for vitest and Playwright.
import { findSystemBrowser } from './find-browser.mjs';

const executablePath = findSystemBrowser();

export const launchOptions = {
  // Absent: Playwright takes its own download.
  ...(executablePath === undefined ? {} : { executablePath }),
  args: [
    // Chromium's sandbox refuses to run as root, as in most containers.
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};
