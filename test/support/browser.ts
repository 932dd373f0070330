import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Debian's. */
const CHROMIUM = '/usr/bin/chromium';

/** Whether there is a browser to test with; in CI there always is, or the tests fail. */
export const HAS_BROWSER = existsSync(CHROMIUM) || process.env.CI !== undefined;

if (!HAS_BROWSER) console.warn(`The tests of the page are skipped: there is no ${CHROMIUM} here.`);

/** Starts the browser, without a window. */
export function startBrowser(): Promise<Browser> {
  // Root has no sandbox.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath: CHROMIUM, args });
}
