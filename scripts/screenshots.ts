import { mkdir } from 'node:fs/promises';
import { readSamples } from '../cli/demo/samples.ts';
import { LOCAL_WEBHOOK_SECRET } from '../local/defaults.ts';
import { startStack } from '../local/stack.ts';
import { signatureOf } from '../src/message/signature.ts';
import { startBrowser } from '../test/support/browser.ts';

// Takes the pictures of the local page that the documentation shows, with the samples in it.

const FOLDER = 'docs/screenshots';

const VIEWS = {
  products: '/?company=home-brewers&date=2025-11-29T12:00:00.000Z',
  product: '/products/BEANS-HOUSE-ESPRESSO-1KG?company=cafe-uno&quantity=6',
  sale: '/products/BEANS-WINTER-BLEND-500?date=2025-11-29T12:00:00.000Z',
  messages: '/messages',
  'dead-letters': '/dead-letters',
  health: '/health',
};

const stack = await startStack({ port: 0, userSettings: false, log: () => {} });
const browser = await startBrowser();
try {
  for (const { body } of readSamples()) {
    const headers = { 'x-oc-hash': signatureOf(body, LOCAL_WEBHOOK_SECRET) };
    await fetch(stack.webhookUrl, { method: 'POST', headers, body: Uint8Array.from(body) });
  }
  await mkdir(FOLDER, { recursive: true });
  for (const colorScheme of ['light', 'dark'] as const) {
    const viewport = { width: 1280, height: 800 };
    const page = await browser.newPage({ colorScheme, viewport, locale: 'en-US', timezoneId: 'UTC' });
    for (const [name, path] of Object.entries(VIEWS)) {
      await page.goto(`${stack.url}${path}`);
      await page.getByText('Reading…').waitFor({ state: 'detached' });
      if (name === 'messages') await page.locator('table.messages button').nth(6).click();
      if (name === 'dead-letters') await page.locator('.dead-letter button').nth(2).click();
      // Until what was asked for beside it is there.
      await page.waitForLoadState('networkidle', { timeout: 2_000 }).catch(() => {});
      await page.screenshot({ path: `${FOLDER}/${name}-${colorScheme}.png` });
    }
    await page.close();
  }
} finally {
  await browser.close();
  await stack.close({ graceMs: 0 });
}
