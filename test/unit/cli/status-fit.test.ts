import { describe, expect, it } from 'vitest';
import type { AppSide } from '../../../cli/status/app-side.ts';
import { fitOf } from '../../../cli/status/fit.ts';
import { healthUrlOf } from '../../../cli/status/health.ts';
import type { OrderCloudSide, Targets } from '../../../cli/status/order-cloud-side.ts';

const SYNC: NonNullable<OrderCloudSide['productSync']> = {
  changed: true,
  deleted: true,
  paused: false,
  excludesPrices: false,
  deliveryConfigId: 'product-sync',
};
const NO_TARGETS: Targets = { http: null, eventHub: null, kafka: null, others: [] };
const HTTP: Targets = { ...NO_TARGETS, http: { endpoint: 'https://app.example/api/webhooks/products' } };
const EVENT_HUB: Targets = { ...NO_TARGETS, eventHub: { hub: 'products' } };
const KAFKA: Targets = { ...NO_TARGETS, kafka: { brokers: 'broker:9093', topic: 'products' } };
const APP: AppSide = {
  webhookSecrets: 1,
  eventHub: { hub: 'products', consumerGroup: '$Default' },
  kafka: { brokers: 'broker:9093', topic: 'products' },
  marketplaceId: null,
};

function failing(orderCloud: Partial<OrderCloudSide>, app: Partial<AppSide> = {}): string[] {
  const side = { productSync: SYNC, delivery: { enabled: true, targets: HTTP }, ...orderCloud };
  return fitOf(side, { ...APP, ...app }).flatMap(({ ok, what, todo }) => (ok ? [] : [`${what}: ${todo}`]));
}

const withTargets = (targets: Targets) => ({ delivery: { enabled: true, targets } });

describe('both sides', () => {
  it.each([HTTP, EVENT_HUB, KAFKA, { ...HTTP, ...EVENT_HUB, others: ['SearchIngestion'] }])(
    'fit by %o',
    (targets) => {
      expect(failing(withTargets(targets))).toEqual([]);
    },
  );

  it.each([
    [{ productSync: null, delivery: null }, {}, 'product sync is configured'],
    [{ productSync: { ...SYNC, changed: false } }, {}, 'SyncProductChanged=true'],
    [{ productSync: { ...SYNC, deleted: false } }, {}, 'SyncProductDeleted=true'],
    [{ productSync: { ...SYNC, paused: true } }, {}, 'ordercloud-product-sync resume'],
    [{ delivery: null }, {}, 'the delivery configuration product-sync exists'],
    [{ delivery: { enabled: false, targets: HTTP } }, {}, 'is enabled'],
    [withTargets(NO_TARGETS), {}, 'a target leads to this app'],
    [withTargets({ ...NO_TARGETS, others: ['SearchIngestion'] }), {}, 'a target leads to this app'],
    [
      withTargets({ ...NO_TARGETS, http: { endpoint: 'https://other.example/hook' } }),
      {},
      '/webhooks/products',
    ],
    [withTargets(HTTP), { webhookSecrets: 0 }, 'ORDERCLOUD_WEBHOOK_SECRETS'],
    [withTargets(EVENT_HUB), { eventHub: null }, 'EventHubConnection'],
    [
      withTargets(EVENT_HUB),
      { eventHub: { hub: 'orders', consumerGroup: 'a' } },
      'EVENT_HUB_NAME is "orders"',
    ],
    [withTargets(KAFKA), { kafka: null }, 'KAFKA_BROKERS'],
    [withTargets(KAFKA), { kafka: { brokers: 'b', topic: 'orders' } }, 'KAFKA_TOPIC is "orders"'],
  ] as [Partial<OrderCloudSide>, Partial<AppSide>, string][])(
    'do not fit: %o, %o',
    (orderCloud, app, told) => {
      expect(failing(orderCloud, app)).toEqual([expect.stringContaining(told)]);
    },
  );
});

it.each([
  ['https://app.example/api/webhooks/products?code=key', 'https://app.example/api/health'],
  ['https://app.example', 'https://app.example/api/health'],
  ['https://app.example/api/health', 'https://app.example/api/health'],
  ['https://app.example/custom/webhooks/products', 'https://app.example/custom/health'],
  ['app.example', null],
  [undefined, null],
])('finds the health beside %s', (webhook, health) => {
  expect(healthUrlOf(webhook)).toBe(health);
});
