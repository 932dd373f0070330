import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readSamples } from '../../cli/demo/samples.ts';
import { HAS_BROWSER, startBrowser } from '../support/browser.ts';
import { envelope } from '../support/deliveries.ts';
import { rawRequest } from '../support/http-client.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';

/** Half of a catalog's life in one product: breaks, a company's price, a sale, an option with a markup. */
const KETTLE = {
  ProductID: 'KETTLE',
  Name: 'Test Kettle',
  Active: true,
  Buyers: ['hotel', 'cafe'],
  UserGroups: ['baristas'],
  DefaultPriceScheduleID: 'list',
  DefaultPriceSchedule: {
    ID: 'list',
    Currency: 'USD',
    SaleStart: '2026-06-01T00:00:00Z',
    SaleEnd: '2026-06-08T00:00:00Z',
    PriceBreaks: [
      { Quantity: 1, Price: 50, SalePrice: 40 },
      { Quantity: 10, Price: 45 },
    ],
  },
  PartyPriceSchedules: [
    {
      Party: 'hotel',
      PartyType: 3,
      PriceSchedule: { ID: 'hotel', Currency: 'USD', PriceBreaks: [{ Quantity: 1, Price: 33 }] },
    },
  ],
  SpecCount: 1,
  Specs: [
    {
      ID: 'lid',
      Name: 'Lid',
      Required: false,
      OptionCount: 1,
      Options: [{ ID: 'steel', Value: 'Steel', PriceMarkupType: 1, PriceMarkup: 7 }],
    },
  ],
};

describe.skipIf(!HAS_BROWSER)('the page', () => {
  let stack: TestStack;
  let browser: Browser;
  let page: Page;
  let problems: string[] = [];

  beforeAll(async () => {
    browser = await startBrowser();
    stack = await startTestStack({ eventHubs: true });
    for (const { body } of readSamples()) await stack.post(body);
    await stack.post(envelope(KETTLE));
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await stack?.close();
  });
  beforeEach(async () => {
    problems = [];
    page = await browser.newPage();
    page.setDefaultTimeout(10_000);
    page.on('pageerror', ({ message }) => problems.push(message));
    page.on('request', (request) => {
      if (new URL(request.url()).origin !== stack.url && !request.url().startsWith('data:'))
        problems.push(`asks ${request.url()}`);
    });
  });
  afterEach(async () => {
    await page.close();
    expect(problems).toEqual([]);
  });

  const open = (path: string) => page.goto(`${stack.url}${path}`);
  const rows = () => page.locator('table.products tbody tr');
  const price = () => page.getByTestId('price').innerText();

  it('shows the samples at first sight, and finds one by a word of its name', async () => {
    await open('/');
    await page.getByRole('link', { name: 'Travel Press 350 ml' }).waitFor();
    const before = await rows().count();
    await page.getByLabel('Search').fill('press');
    await expect.poll(() => rows().count()).toBeLessThan(before);
    await page.getByLabel('Search').fill('');
    await page.getByLabel('Category').selectOption('Brewers');
    await expect.poll(() => rows().count()).toBeLessThan(before);
    await page.getByLabel('Category').selectOption('');
    await page.getByLabel('State').selectOption('deleted');
    await expect.poll(() => rows().allInnerTexts()).toEqual([expect.stringContaining('deleted')]);
    await page.reload();
    await expect.poll(() => rows().count()).toBe(1);
  });

  it('tells what a company pays, in which quantity, with which option, on which day', async () => {
    await open('/');
    await page.getByRole('link', { name: 'Test Kettle' }).click();
    expect(await price()).toContain('$50.00');
    await page.getByLabel('Company').fill('hotel');
    await expect.poll(price).toContain('$33.00');
    await page.getByLabel('Company').fill('cafe');
    await page.getByLabel('Quantity').fill('12');
    await expect.poll(price).toContain('$45.00');
    await page.getByLabel('Quantity').fill('1');
    await page.getByLabel('Lid').selectOption('steel');
    await expect.poll(price).toContain('$57.00');
    await page.getByLabel('Date', { exact: true }).fill('2026-06-03T12:00');
    await expect.poll(price).toContain('$47.00');
    expect(await price()).toContain('on sale');
    expect(page.url()).toContain('company=cafe');

    const shared = await browser.newPage();
    await shared.goto(page.url());
    await shared.getByText('$47.00 for 1').waitFor();
    await shared.close();

    await page.getByRole('button', { name: 'Now' }).click();
    await page.getByLabel('Company').fill('stranger');
    await page.getByText('The product is not assigned to this buyer').waitFor();
    await page.getByLabel('Groups').fill('x, baristas');
    await expect.poll(price).toContain('$57.00');
  });

  it('follows the slider over the sale windows by the keyboard', async () => {
    await open('/products/KETTLE?company=cafe');
    await page.getByLabel('Sale windows').focus();
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => page.url()).toContain('date=');
  });

  it('shows a message as it comes, with its body, and stands still while it is paused', async () => {
    await open('/messages');
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await stack.post(envelope({ ProductID: 'LIVE-1', Name: 'Live' }));
    const row = page.getByRole('row').filter({ hasText: 'LIVE-1' });
    await row.waitFor();
    expect(await row.innerText()).toMatch(/HTTP\s+product\.updated\s+LIVE-1\s+created/);
    await row.getByRole('button').click();
    await page.getByLabel('Body').getByText('"ProductID":"LIVE-1"').waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await stack.post(envelope({ ProductID: 'LIVE-2' }));
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByRole('row').filter({ hasText: 'LIVE-2' }).waitFor();
  });

  it('sends a bad message, marks what is wrong, and the corrected one is taken', async () => {
    await open('/messages');
    await page.getByText('Send a message').click();
    const body = JSON.stringify(
      JSON.parse(envelope({ ProductID: 'SENT', Active: 'yes' }).toString()),
      null,
      2,
    );
    await page.getByLabel('Message body').fill(body);
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    const marked = page.locator('[aria-label="Answer"] .marked');
    expect(await marked.innerText()).toMatch(/"Active": "yes"[\s\S]*expected true or false/);

    await page.getByRole('link', { name: 'Dead letters' }).first().click();
    await page.getByRole('button', { name: 'SENT' }).click();
    await page.getByRole('button', { name: 'Edit and send' }).click();
    await page.getByLabel('Message body').fill(body.replace('"yes"', 'true'));
    await page.getByLabel('Send by').selectOption('eventhub');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByLabel('Answer').getByText('created').waitFor({ timeout: 15_000 });
    expect(await stack.product('SENT')).toMatchObject({ active: true });
    await page.getByRole('row').filter({ hasText: 'Event Hubs' }).filter({ hasText: 'SENT' }).waitFor();
  });

  it('replays and deletes a dead letter, after asking', async () => {
    await stack.post(envelope({ ProductID: 'GONE', Active: 'no' }));
    await open('/dead-letters');
    const opener = page.getByRole('button', { name: 'GONE' });
    await opener.click();
    await page.getByRole('button', { name: 'Replay' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Replay' }).click();
    await page.getByText('GONE: dead-lettered').waitFor();
    await page.getByText('tried 2 times').waitFor();
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    expect(await opener.isVisible()).toBe(true);
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('GONE is deleted.').waitFor();
    await opener.waitFor({ state: 'detached' });
  });

  it('names settings, and never what is secret in them', async () => {
    await open('/health');
    await page.getByText('healthy').waitFor();
    await page.getByText('COSMOS_CONNECTION_STRING').waitFor();
    const health = await (await fetch(`${stack.url}/page/health`)).text();
    expect(health).not.toContain('AccountKey');
    expect(health).not.toContain('SharedAccessKey');
  });

  it.each(['light', 'dark'] as const)('is fit for everybody, in %s colours', async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    for (const path of ['/', '/products/KETTLE?company=hotel', '/messages', '/dead-letters', '/health']) {
      await open(path);
      await page.getByText('Reading…').waitFor({ state: 'detached' });
      await page.evaluate(axe.source);
      const { violations } = (await page.evaluate('axe.run()')) as { violations: Violation[] };
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
      expect([path, serious.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)]).toEqual([path, []]);
    }
  });

  it('answers no page of another origin, nor one whose name resolves to 127.0.0.1', async () => {
    const { host } = new URL(stack.url);
    for (const path of ['/', '/page/products', '/page/events', '/page/messages']) {
      expect((await rawRequest(stack.url, { path, headers: { host: 'evil.example' } })).status).toBe(403);
      const origin = 'https://evil.example';
      expect((await rawRequest(stack.url, { path, headers: { host, origin } })).status).toBe(403);
    }
    const sent = { path: '/page/send', method: 'POST', body: '{"transport":"http","body":"{}"}' };
    expect((await rawRequest(stack.url, { ...sent, headers: { host, origin: 'null' } })).status).toBe(403);
  });

  it('says that the stack has stopped, and goes on when it runs again', async () => {
    const other = await startTestStack();
    await page.close();
    page = await browser.newPage();
    await page.goto(other.url);
    await page.getByText('live', { exact: true }).waitFor();
    const port = Number(new URL(other.url).port);
    const started = performance.now();
    await other.close({ graceMs: 0 });
    expect(performance.now() - started).toBeLessThan(2_000);
    await page.getByRole('alert').waitFor();
    const again = await startTestStack({ port });
    await page.getByText('live', { exact: true }).waitFor();
    await again.close({ graceMs: 0 });
  });
});

type Violation = { id: string; impact: string; nodes: { html: string }[] };
