import { createServer } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { listen, stopListening } from '../../local/listen.ts';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { recordingLog } from '../support/log.ts';

const accountAt = (port: number) => ({
  COSMOS_CONNECTION_STRING: `AccountEndpoint=http://127.0.0.1:${port}/;AccountKey=a2V5LW9mLXRoZS10ZXN0cw==;`,
  ORDERCLOUD_WEBHOOK_SECRETS: 'roastery-secret',
});

const requests: string[] = [];
const server = createServer((req, res) => {
  requests.push(`${req.method} ${req.url}`);
  res.writeHead(404, { 'content-type': 'application/json' }).end('{}');
});
afterEach(() => stopListening(server));

describe('the warm-up', () => {
  it('reaches Cosmos DB with a read, and writes nothing', async () => {
    const port = await listen(server);
    await createApp(readConfig(accountAt(port)), recordingLog()).warmUp();
    expect(requests).toContain('GET /dbs/catalog/colls/products/docs/warm-up');
    expect(requests.filter((request) => !request.startsWith('GET '))).toEqual([]);
  });

  it('comes to an end when Cosmos DB cannot be reached, or settings are wrong', async () => {
    const port = await listen(server);
    await stopListening(server);
    for (const env of [accountAt(port), {}]) {
      await expect(createApp(readConfig(env), recordingLog()).warmUp()).resolves.toBeUndefined();
    }
  });

  it.each([
    ['ElasticPremium', true],
    ['PremiumV3', true],
    ['FlexConsumption', false],
    ['Dynamic', false],
    [undefined, false],
  ])('is registered on the plan %s: %s', (plan, expected) => {
    expect(readConfig({ WEBSITE_SKU: plan }).hasWarmUpTrigger).toBe(expected);
  });
});
