import { afterEach, beforeEach } from 'vitest';
import { runConnect } from '../../../../cli/connect/run.ts';
import type { ConnectFlags, TargetName } from '../../../../cli/connect/target.ts';
import type { Model } from '../../../support/ordercloud/marketplace.ts';
import { type OrderCloudServer, startOrderCloud } from '../../../support/ordercloud/server.ts';
import { type Options, runAt } from '../../../support/run-command.ts';

export const URL = 'https://app.example/api/webhooks/products';
export const OTHER_URL = 'https://other.example/roast/webhooks/products';
export const SECRET = 'the-secret-that-nobody-may-see';
export const KEY = 'the-key-that-nobody-may-see';
export const SEND_ONLY =
  'Endpoint=sb://ns.example/;SharedAccessKeyName=send;SharedAccessKey=the-send-key-nobody-may-see';

type Transport = { name: TargetName; own: ConnectFlags };

export const http = (own: ConnectFlags = {}): Transport => ({ name: 'Http', own: { url: URL, ...own } });
export const eventHub = (own: ConnectFlags = {}): Transport => ({ name: 'EventHub', own });
export const kafka = (own: ConnectFlags = {}): Transport => ({ name: 'Kafka', own });

export let server: OrderCloudServer;

beforeEach(async () => {
  server = await startOrderCloud();
});

afterEach(() => server.close());

export type Run = Partial<Options> & { flags?: ConnectFlags };

export async function connect(
  { name, own }: Transport,
  { flags = { yes: true }, env = {}, ...rest }: Run = {},
) {
  const options = { ...rest, env: { ...server.env, ...env } };
  const ended = await runAt(options, (at) => runConnect(name, { ...own, ...flags }, at));
  return { ...ended, code: ended.exitCode, message: ended.error ?? '', all: JSON.stringify(ended) };
}

export const given = { FUNCTIONS_KEY: KEY, ORDERCLOUD_WEBHOOK_SECRETS: `former-roast-secret,${SECRET}` };
export const targets = (id = 'product-sync') =>
  server.marketplace.deliveryConfigs.get(id)?.DeliveryTargets as Record<string, Model>;
export const writes = () => server.requests.filter(({ method }) => method !== 'GET');

export const SEARCH = {
  Domain: 'd1',
  Source: 's1',
  Endpoint: 'https://search.example/ingest?key=hidden',
  Entity: 'product',
  ApiKey: 'key-of-sitecore-search',
  Later: { than: 'this program' },
};

/** A marketplace that feeds Sitecore Search, with properties that this program has never heard of. */
export function feedSearch() {
  const config = {
    ID: 'search',
    Name: 'Search',
    Enabled: true,
    Region: 'west',
    DeliveryTargets: { SearchIngestion: SEARCH },
  };
  server.marketplace.deliveryConfigs.set('search', config);
  server.marketplace.productSync = {
    SyncProductChanged: true,
    SyncProductDeleted: false,
    DeliveryConfigID: 'search',
    Paused: true,
    ExcludePriceSchedules: true,
    ConfigData: { kept: true },
    Since: 2026,
  };
}
