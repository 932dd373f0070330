import { describe, expect, it } from 'vitest';
import { checksFor } from '../../../cli/status/checks.ts';
import { healthUrlOf } from '../../../cli/status/health.ts';
import { type AppSide, type OrderCloudSide, readAppSide, type Targets } from '../../../cli/status/sides.ts';

const SYNC: NonNullable<OrderCloudSide['productSync']> = {
  changed: true,
  deleted: true,
  paused: false,
  excludesPrices: false,
  deliveryConfigId: 'product-sync',
};
const NO_TARGETS: Targets = { http: null, eventHub: null, kafka: null, others: [] };
const HTTP: Targets = { ...NO_TARGETS, http: { endpoint: 'https://app.example/api/webhooks/products' } };
const HTTP_WITH_SLASH: Targets = {
  ...NO_TARGETS,
  http: { endpoint: 'https://app.example/api/webhooks/products/' },
};
const EVENT_HUB: Targets = { ...NO_TARGETS, eventHub: { hub: 'products' } };
const KAFKA: Targets = { ...NO_TARGETS, kafka: { brokers: 'broker:9093', topic: 'products' } };
/** As docs/ordercloud.md advises: Kafka to OrderCloud, an Event Hub to the app. */
const HUB_BY_KAFKA: Targets = {
  ...NO_TARGETS,
  kafka: { brokers: 'Shop.servicebus.windows.net:9093', topic: 'products' },
};
const hubOf = (namespace: string | null, hub = 'products') => ({
  kafka: null,
  eventHub: { hub, consumerGroup: '$Default', namespace },
});
const APP: AppSide = {
  webhookSecrets: 1,
  secretProblems: [],
  eventHub: { hub: 'products', consumerGroup: '$Default', namespace: null },
  kafka: { brokers: 'broker:9093', topic: 'products' },
  marketplaceId: null,
};

function failing(orderCloud: Partial<OrderCloudSide>, app: Partial<AppSide> = {}): string[] {
  const side = { productSync: SYNC, delivery: { enabled: true, targets: HTTP }, ...orderCloud };
  return checksFor(side, { ...APP, ...app }).flatMap(({ ok, what, todo }) =>
    ok ? [] : [`${what}: ${todo}`],
  );
}

const withEndpoint = (endpoint: string) => withTargets({ ...NO_TARGETS, http: { endpoint } });
const withTargets = (targets: Targets) => ({ delivery: { enabled: true, targets } });

describe('both sides', () => {
  it.each([HTTP, HTTP_WITH_SLASH, EVENT_HUB, KAFKA, { ...HTTP, ...EVENT_HUB, others: ['SearchIngestion'] }])(
    'fit by %o',
    (targets) => {
      expect(failing(withTargets(targets))).toEqual([]);
    },
  );

  it.each([null, 'shop.servicebus.windows.net'])(
    'fit by an Event Hub of %s that is a Kafka to OrderCloud',
    (namespace) => {
      expect(failing(withTargets(HUB_BY_KAFKA), hubOf(namespace))).toEqual([]);
    },
  );

  it.each([
    [{ productSync: null, delivery: null }, {}, 'product sync is configured'],
    [{ productSync: { ...SYNC, changed: false } }, {}, 'SyncProductChanged=true'],
    [{ productSync: { ...SYNC, deleted: false } }, {}, 'SyncProductDeleted=true'],
    [{ productSync: { ...SYNC, paused: true } }, {}, 'ordercloud-product-sync resume'],
    [{ delivery: null }, {}, 'the delivery configuration product-sync exists'],
    [{ delivery: { enabled: false, targets: HTTP } }, {}, 'is enabled'],
    [withTargets(NO_TARGETS), {}, 'a target is this app'],
    [withTargets({ ...NO_TARGETS, others: ['SearchIngestion'] }), {}, 'a target is this app'],
    [withEndpoint('https://other.example/hook'), {}, '/webhooks/products'],
    [withEndpoint('https://app.example/'), {}, '/webhooks/products'],
    [withEndpoint('no address'), {}, '/webhooks/products'],
    [withTargets(HTTP), { webhookSecrets: 0 }, 'ORDERCLOUD_WEBHOOK_SECRETS'],
    [withTargets(EVENT_HUB), { eventHub: null }, 'EventHubConnection'],
    [
      withTargets(EVENT_HUB),
      { eventHub: { hub: 'orders', consumerGroup: 'a', namespace: null } },
      'EVENT_HUB_NAME is "orders"',
    ],
    [withTargets(KAFKA), { kafka: null }, 'KAFKA_BROKERS'],
    [withTargets(KAFKA), { kafka: { brokers: 'b', topic: 'orders' } }, 'KAFKA_TOPIC is "orders"'],
    [withTargets(KAFKA), hubOf(null), 'KAFKA_BROKERS'],
    [withTargets(HUB_BY_KAFKA), { kafka: null, eventHub: null }, 'EventHubConnection'],
    [withTargets(HUB_BY_KAFKA), hubOf(null, 'orders'), 'EVENT_HUB_NAME is "orders"'],
    [withTargets(HUB_BY_KAFKA), hubOf('other.example'), 'EventHubConnection is of other.example'],
    [
      withTargets(HUB_BY_KAFKA),
      { eventHub: null, kafka: { brokers: 'b', topic: 'orders' } },
      'KAFKA_TOPIC is "orders"',
    ],
  ] as [Partial<OrderCloudSide>, Partial<AppSide>, string][])(
    'do not fit: %o, %o',
    (orderCloud, app, told) => {
      expect(failing(orderCloud, app)).toEqual([expect.stringContaining(told)]);
    },
  );
});

it.each([
  [
    { EventHubConnection: 'Endpoint=sb://Shop.example/;SharedAccessKey=hidden-key-of-the-hub' },
    'shop.example',
  ],
  [{ EventHubConnection: '@Microsoft.KeyVault(SecretUri=https://vault.example)' }, null],
  [{ EventHubConnection__fullyQualifiedNamespace: 'Shop.example' }, 'shop.example'],
])('reads the namespace of the Event Hub from %o', (given, namespace) => {
  expect(readAppSide(given).eventHub).toMatchObject({ namespace });
});

describe('the secrets of the app', () => {
  it.each([
    ['"old, new"', ['ORDERCLOUD_WEBHOOK_SECRETS is shorter than 16 characters (secret 1 of 2)']],
    [' secret-with-a-space', ['begins or ends with white space or quotes, which count']],
    ['secret-with-a-break\n', ['holds a line break or a byte order mark']],
    ['\uFEFFsecret-with-a-mark', ['holds a line break or a byte order mark']],
    ['@Microsoft.KeyVault(SecretUri=https://vault.example)', ['is a reference that Azure could not resolve']],
  ])('of %j are told about, without their value', (secrets, told) => {
    const { secretProblems } = readAppSide({ ORDERCLOUD_WEBHOOK_SECRETS: secrets });
    for (const text of told) expect(secretProblems.join()).toContain(text);
    expect(secretProblems.join()).not.toContain('secret-with');
  });

  it('are those of the local stack beside it, unless the settings have others', () => {
    expect(readAppSide({}, true)).toMatchObject({ webhookSecrets: 1, eventHub: { hub: 'products' } });
    expect(readAppSide({}, false)).toMatchObject({ webhookSecrets: 0, eventHub: null });
    expect(
      readAppSide({ ORDERCLOUD_WEBHOOK_SECRETS: 'a-secret-of-my-own,another-of-mine' }, true),
    ).toMatchObject({
      webhookSecrets: 2,
    });
  });
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
