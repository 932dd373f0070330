import { describe, expect, it } from 'vitest';
import {
  type Environment,
  eventHubSettings,
  kafkaProblems,
  kafkaReport,
  kafkaSettings,
  readSettings,
  type Settings,
  settingsReport,
} from '../../src/config.ts';
import { createCosmosClient } from '../../src/store/cosmos-client.ts';

const CONNECTION_STRING = 'AccountEndpoint=https://roastery.documents.azure.com:443/;AccountKey=Y29mZmVl==;';
const ENDPOINT = 'https://roastery.documents.azure.com:443/';
const COMPLETE = { COSMOS_CONNECTION_STRING: CONNECTION_STRING };

function settingsFrom(env: Environment): Settings {
  const result = readSettings(env);
  if (!result.ok) throw new Error(settingsReport(result.problems));
  return result.settings;
}

function problemsOf(env: Environment): Record<string, string> {
  const result = readSettings(env);
  return result.ok ? {} : Object.fromEntries(result.problems.map(({ name, problem }) => [name, problem]));
}

describe('settings', () => {
  it('have defaults for all but Cosmos DB', () => {
    expect(settingsFrom(COMPLETE)).toEqual({
      cosmos: {
        access: { kind: 'key', endpoint: ENDPOINT, key: 'Y29mZmVl==' },
        database: 'catalog',
        productsContainer: 'products',
        deadLettersContainer: 'dead-letters',
      },
      webhookSecrets: [],
      marketplaceId: null,
      tombstoneRetentionDays: 14,
      deadLetterRetentionDays: 30,
      maxBodyBytes: 2_097_152,
      maxWebhooksInFlight: 100,
      writeConcurrency: 16,
    });
  });

  it('are taken from the environment', () => {
    expect(
      settingsFrom({
        ...COMPLETE,
        COSMOS_DATABASE: 'shop',
        COSMOS_PRODUCTS_CONTAINER: 'beans',
        COSMOS_DEAD_LETTERS_CONTAINER: 'spilt-beans',
        ORDERCLOUD_WEBHOOK_SECRETS: 'roast-1,roast-2',
        ORDERCLOUD_MARKETPLACE_ID: 'roastery',
        TOMBSTONE_RETENTION_DAYS: '7',
        DEAD_LETTER_RETENTION_DAYS: '90',
        MAX_BODY_BYTES: '1000000',
        MAX_WEBHOOKS_IN_FLIGHT: '10',
        WRITE_CONCURRENCY: '4',
        PATH: '/usr/bin',
      }),
    ).toEqual({
      cosmos: {
        access: { kind: 'key', endpoint: ENDPOINT, key: 'Y29mZmVl==' },
        database: 'shop',
        productsContainer: 'beans',
        deadLettersContainer: 'spilt-beans',
      },
      webhookSecrets: ['roast-1', 'roast-2'],
      marketplaceId: 'roastery',
      tombstoneRetentionDays: 7,
      deadLetterRetentionDays: 90,
      maxBodyBytes: 1_000_000,
      maxWebhooksInFlight: 10,
      writeConcurrency: 4,
    });
  });

  it.each([
    'COSMOS_ENDPOINT',
    'COSMOS_KEY',
    'COSMOS_DATABASE',
    'COSMOS_PRODUCTS_CONTAINER',
    'COSMOS_DEAD_LETTERS_CONTAINER',
    'ORDERCLOUD_WEBHOOK_SECRETS',
    'ORDERCLOUD_MARKETPLACE_ID',
    'TOMBSTONE_RETENTION_DAYS',
    'DEAD_LETTER_RETENTION_DAYS',
    'MAX_BODY_BYTES',
    'MAX_WEBHOOKS_IN_FLIGHT',
    'WRITE_CONCURRENCY',
  ])('%s is absent when it is empty', (name) => {
    expect(settingsFrom({ ...COMPLETE, [name]: '' })).toEqual(settingsFrom(COMPLETE));
    expect(settingsFrom({ ...COMPLETE, [name]: undefined })).toEqual(settingsFrom(COMPLETE));
  });
});

describe('access to Cosmos DB', () => {
  it.each([
    [
      'a connection string',
      { COSMOS_CONNECTION_STRING: CONNECTION_STRING },
      { kind: 'key', endpoint: ENDPOINT, key: 'Y29mZmVl==' },
    ],
    [
      'a connection string, which wins over an endpoint',
      {
        COSMOS_CONNECTION_STRING: CONNECTION_STRING,
        COSMOS_ENDPOINT: ENDPOINT,
        COSMOS_KEY: 'key-of-the-tests',
      },
      { kind: 'key', endpoint: ENDPOINT, key: 'Y29mZmVl==' },
    ],
    [
      'an endpoint with a key',
      { COSMOS_ENDPOINT: ENDPOINT, COSMOS_KEY: 'key-of-the-tests' },
      { kind: 'key', endpoint: ENDPOINT, key: 'key-of-the-tests' },
    ],
    [
      'an endpoint with managed identity',
      { COSMOS_ENDPOINT: ENDPOINT },
      { kind: 'identity', endpoint: ENDPOINT },
    ],
    [
      'an endpoint with an empty key',
      { COSMOS_ENDPOINT: ENDPOINT, COSMOS_KEY: '', COSMOS_CONNECTION_STRING: '' },
      { kind: 'identity', endpoint: ENDPOINT },
    ],
    [
      'an emulator over http',
      { COSMOS_ENDPOINT: 'http://127.0.0.1:8081' },
      { kind: 'identity', endpoint: 'http://127.0.0.1:8081' },
    ],
  ])('by %s', (_, env, access) => {
    expect(settingsFrom(env).cosmos.access).toEqual(access);
  });

  const ACCOUNT = { kind: 'key', endpoint: ENDPOINT, key: 'Y29mZmVl==' };

  // All but the first two are refused by Cosmos DB's library: made a client of, they fail at the first message.
  it.each([
    ['the other order', `AccountKey=Y29mZmVl==;AccountEndpoint=${ENDPOINT}`],
    ['more parts', `${CONNECTION_STRING}Database=catalog;`],
    ['another case and no end', `accountendpoint=${ENDPOINT};ACCOUNTKEY=Y29mZmVl==`],
    ['white space around it', `  ${CONNECTION_STRING}\n`],
    ['white space around its parts', `AccountEndpoint=${ENDPOINT} ; AccountKey = Y29mZmVl== ; `],
  ])('takes a connection string in %s, and a client can be made of it', async (_, connectionString) => {
    const { cosmos } = settingsFrom({ COSMOS_CONNECTION_STRING: connectionString });
    expect(cosmos.access).toEqual(ACCOUNT);
    (await createCosmosClient(cosmos)).dispose();
  });

  it('takes an endpoint with white space around it', () => {
    expect(settingsFrom({ COSMOS_ENDPOINT: ` ${ENDPOINT}\n` }).cosmos.access).toEqual({
      kind: 'identity',
      endpoint: ENDPOINT,
    });
  });

  it.each([
    ['nothing but words', 'secret-coffee'],
    ['no key', 'AccountEndpoint=https://roastery.documents.azure.com:443/;'],
    ['an empty key', 'AccountEndpoint=https://roastery.documents.azure.com:443/;AccountKey=;'],
    ['no endpoint', 'AccountKey=Y29mZmVl==;'],
    ['an empty endpoint', 'AccountEndpoint=;AccountKey=Y29mZmVl==;'],
    ['an endpoint that is no URL', 'AccountEndpoint=roastery;AccountKey=Y29mZmVl==;'],
    ['an endpoint with a space', 'AccountEndpoint=https://a b/;AccountKey=Y29mZmVl==;'],
    ['an endpoint of nothing but a protocol', 'AccountEndpoint=https://;AccountKey=Y29mZmVl==;'],
    ['an endpoint with another protocol', 'AccountEndpoint=sb://roastery/;AccountKey=Y29mZmVl==;'],
    ['a key of white space', `AccountEndpoint=${ENDPOINT};AccountKey=${' \t'};`],
    ['longer names', `AccountEndpoint=${ENDPOINT};XAccountKey=Y29mZmVl==;`],
    ['quotes around it', `"${CONNECTION_STRING}"`],
    ['no semicolon between', `AccountEndpoint=${ENDPOINT} AccountKey=Y29mZmVl==`],
  ])('refuses a connection string with %s', (_, connectionString) => {
    expect(problemsOf({ COSMOS_CONNECTION_STRING: connectionString })).toEqual({
      COSMOS_CONNECTION_STRING: 'must hold AccountEndpoint=https://…; and AccountKey=…;',
    });
  });

  it.each([
    'roastery',
    'roastery.documents.azure.com',
    'ftp://roastery',
    'https://',
    '/documents',
    'https://a b',
  ])('refuses the endpoint %s', (endpoint) => {
    expect(problemsOf({ COSMOS_ENDPOINT: endpoint })).toEqual({
      COSMOS_ENDPOINT: 'must be a URL such as https://ACCOUNT.documents.azure.com:443/',
    });
  });

  it.each(
    ['COSMOS_DATABASE', 'COSMOS_PRODUCTS_CONTAINER', 'COSMOS_DEAD_LETTERS_CONTAINER'].flatMap((name) =>
      ['a/b', 'a\\b', 'a?', '#a', 'a ', 'a\n', ' ', 'a'.repeat(256)].map((value) => [name, value] as const),
    ),
  )('%s may not be %j, which Cosmos DB refuses', (name, value) => {
    expect(problemsOf({ ...COMPLETE, [name]: value })).toEqual({
      [name]: 'must be a name of up to 255 characters, without / \\ ? # and white space at its end',
    });
  });

  it.each([
    ['nothing', {}],
    ['empty variables', { COSMOS_CONNECTION_STRING: '', COSMOS_ENDPOINT: '' }],
    ['a key alone', { COSMOS_KEY: 'key-of-the-tests' }],
  ])('is missing where there is %s', (_, env) => {
    expect(problemsOf(env)).toEqual({
      COSMOS_CONNECTION_STRING: 'is missing, and so is COSMOS_ENDPOINT: set one',
    });
  });
});

describe('secrets', () => {
  it.each([
    ['one', 'espresso', ['espresso']],
    ['several', 'old,new,newest', ['old', 'new', 'newest']],
    ['not trimmed', ' old , new ', [' old ', ' new ']],
    ['empty ones dropped', ',old,,new,', ['old', 'new']],
    ['nothing but commas', ',,', []],
    ['a space is one', ' ', [' ']],
    ['beyond ASCII', 'Größe,☕', ['Größe', '☕']],
    ['the same twice', 'a,a', ['a', 'a']],
    ['with other punctuation', 'a;b,c=d "e"', ['a;b', 'c=d "e"']],
  ])('%s', (_, value, secrets) => {
    expect(settingsFrom({ ...COMPLETE, ORDERCLOUD_WEBHOOK_SECRETS: value }).webhookSecrets).toEqual(secrets);
  });
});

const NUMBERS = [
  ['TOMBSTONE_RETENTION_DAYS', 'tombstoneRetentionDays', 0, 24_855],
  ['DEAD_LETTER_RETENTION_DAYS', 'deadLetterRetentionDays', 1, 24_855],
  ['MAX_BODY_BYTES', 'maxBodyBytes', 1, 104_857_600],
  ['MAX_WEBHOOKS_IN_FLIGHT', 'maxWebhooksInFlight', 1, 100_000],
  ['WRITE_CONCURRENCY', 'writeConcurrency', 1, 256],
] as const;

describe.each(NUMBERS)('%s', (name, setting, min, max) => {
  it.each([min, min + 1, max - 1, max])('may be %d', (value) => {
    expect(settingsFrom({ ...COMPLETE, [name]: String(value) })[setting]).toBe(value);
  });

  it.each([
    String(min - 1),
    String(max + 1),
    '-1',
    '1.5',
    '1e2',
    '0x10',
    ' 5',
    '5 ',
    '5\n',
    '+5',
    'five',
    '5 days',
    'NaN',
    'Infinity',
    '١',
    '9'.repeat(30),
  ])('may not be %j', (value) => {
    expect(problemsOf({ ...COMPLETE, [name]: value })).toEqual({
      [name]: `must be a whole number from ${min} to ${max}`,
    });
  });
});

it('a tombstone’s longest retention in seconds is a ttl that Cosmos DB takes', () => {
  expect(24_855 * 86_400).toBeLessThanOrEqual(2_147_483_647);
  expect(24_856 * 86_400).toBeGreaterThan(2_147_483_647);
});

describe('a report', () => {
  const WRONG = {
    COSMOS_CONNECTION_STRING: 'AccountKey=secret-espresso',
    COSMOS_ENDPOINT: 'secret-filter',
    COSMOS_KEY: 'secret-key',
    COSMOS_DATABASE: 'secret-database/',
    COSMOS_PRODUCTS_CONTAINER: 'secret-products?',
    COSMOS_DEAD_LETTERS_CONTAINER: 'secret-letters#',
    ORDERCLOUD_WEBHOOK_SECRETS: 'secret-hook',
    TOMBSTONE_RETENTION_DAYS: '77777',
    DEAD_LETTER_RETENTION_DAYS: '0',
    MAX_BODY_BYTES: 'secret-bytes',
    MAX_WEBHOOKS_IN_FLIGHT: '-88888',
    WRITE_CONCURRENCY: '99999',
  };
  const NAMES = [
    'COSMOS_CONNECTION_STRING',
    'COSMOS_ENDPOINT',
    'COSMOS_DATABASE',
    'COSMOS_PRODUCTS_CONTAINER',
    'COSMOS_DEAD_LETTERS_CONTAINER',
    'TOMBSTONE_RETENTION_DAYS',
    'DEAD_LETTER_RETENTION_DAYS',
    'MAX_BODY_BYTES',
    'MAX_WEBHOOKS_IN_FLIGHT',
    'WRITE_CONCURRENCY',
  ];

  it('tells all that is wrong together, each once', () => {
    const result = readSettings(WRONG);
    if (result.ok) throw new Error('expected problems');
    expect(result.problems.map(({ name }) => name)).toEqual(NAMES);
    const report = settingsReport(result.problems);
    for (const name of NAMES) expect(report.split(`${name} must`)).toHaveLength(2);
  });

  it('tells what is malformed along with what is missing', () => {
    expect(problemsOf({ WRITE_CONCURRENCY: '0' })).toEqual({
      WRITE_CONCURRENCY: 'must be a whole number from 1 to 256',
      COSMOS_CONNECTION_STRING: 'is missing, and so is COSMOS_ENDPOINT: set one',
    });
  });

  it('never tells a value', () => {
    const result = readSettings(WRONG);
    if (result.ok) throw new Error('expected problems');
    const told = settingsReport(result.problems) + JSON.stringify(result);
    expect(told).not.toMatch(/secret-|77777|88888|99999/);
  });
});

describe('the Event Hub', () => {
  it.each([
    ['a connection string', { EventHubConnection: 'Endpoint=sb://roastery' }],
    ['a namespace', { EventHubConnection__fullyQualifiedNamespace: 'roastery.servicebus.windows.net' }],
    [
      'empty names',
      { EventHubConnection: 'Endpoint=sb://roastery', EVENT_HUB_NAME: '', EVENT_HUB_CONSUMER_GROUP: '' },
    ],
  ])('has defaults, with %s', (_, env) => {
    expect(eventHubSettings(env)).toEqual({ hub: 'products', consumerGroup: '$Default' });
  });

  it('is named', () => {
    const env = { EventHubConnection: 'x', EVENT_HUB_NAME: 'catalog', EVENT_HUB_CONSUMER_GROUP: 'sync' };
    expect(eventHubSettings(env)).toEqual({ hub: 'catalog', consumerGroup: 'sync' });
  });

  it.each([
    ['nothing is', {}],
    ['its connection is empty', { EventHubConnection: '', EventHubConnection__fullyQualifiedNamespace: '' }],
    ['only its name is', { EVENT_HUB_NAME: 'products' }],
  ])('is none where %s set', (_, env) => {
    expect(eventHubSettings(env)).toBeNull();
  });
});

describe('Kafka', () => {
  const KAFKA = { ...COMPLETE, KAFKA_BROKERS: 'broker:9092', KAFKA_TOPIC: 'products' };
  const namesOf = (env: Environment) => kafkaProblems(env).map(({ name }) => name);

  it.each([
    ['defaults', {}, { consumerGroup: 'ordercloud-product-sync', hasUser: false }],
    [
      'an empty group',
      { KAFKA_CONSUMER_GROUP: '' },
      { consumerGroup: 'ordercloud-product-sync', hasUser: false },
    ],
    [
      'a group and a user',
      {
        KAFKA_CONSUMER_GROUP: 'shop',
        KAFKA_USERNAME: '$ConnectionString',
        KAFKA_PASSWORD: 'kafka-password-of-the-tests',
      },
      { consumerGroup: 'shop', hasUser: true },
    ],
  ])('is read with %s', (_, env, settings) => {
    expect(kafkaSettings({ ...KAFKA, ...env })).toEqual(settings);
    expect(kafkaProblems({ ...KAFKA, ...env })).toEqual([]);
  });

  it.each([
    ['nothing is', {}],
    ['all are empty', { KAFKA_BROKERS: '', KAFKA_TOPIC: '', KAFKA_USERNAME: '', KAFKA_PASSWORD: '' }],
    ['only the group is', { KAFKA_CONSUMER_GROUP: 'shop' }],
  ])('is none where %s set', (_, env) => {
    expect(kafkaSettings({ ...COMPLETE, ...env })).toBeNull();
    expect(kafkaProblems({ ...COMPLETE, ...env })).toEqual([]);
  });

  it.each([
    ['brokers alone', { KAFKA_BROKERS: 'b:1' }, ['KAFKA_TOPIC']],
    ['a topic alone', { KAFKA_TOPIC: 't' }, ['KAFKA_BROKERS']],
    ['a user alone', { KAFKA_USERNAME: 'u' }, ['KAFKA_BROKERS', 'KAFKA_TOPIC', 'KAFKA_PASSWORD']],
    [
      'a password alone',
      { KAFKA_PASSWORD: 'kafka-password-of-the-tests' },
      ['KAFKA_BROKERS', 'KAFKA_TOPIC', 'KAFKA_USERNAME'],
    ],
    ['no password', { ...KAFKA, KAFKA_USERNAME: 'u' }, ['KAFKA_PASSWORD']],
    ['no user', { ...KAFKA, KAFKA_PASSWORD: 'kafka-password-of-the-tests' }, ['KAFKA_USERNAME']],
  ])('is not read with %s, and what is missing is named', (_, env: Environment, names) => {
    expect(kafkaSettings({ ...COMPLETE, ...env })).toBeNull();
    expect(kafkaProblems({ ...COMPLETE, ...env })).toEqual(
      names.map((name) => ({ name, problem: 'is missing' })),
    );
  });

  it('is not read while other settings are wrong: a batch that fails may be lost', () => {
    expect(kafkaSettings({ ...KAFKA, COSMOS_CONNECTION_STRING: '' })).toBeNull();
    expect(kafkaSettings({ ...KAFKA, WRITE_CONCURRENCY: '0' })).toBeNull();
    expect(kafkaSettings({ ...KAFKA, COSMOS_DATABASE: 'a/b' })).toBeNull();
    const noUrl = 'AccountEndpoint=https://a b/;AccountKey=Y29mZmVl==;';
    expect(kafkaSettings({ ...KAFKA, COSMOS_CONNECTION_STRING: noUrl })).toBeNull();
  });

  it.each(['broker:9092', 'a.b-c_d:1,10.0.0.1:65535', '[::1]:9092', 'x.servicebus.windows.net:9093'])(
    'may have the brokers %s',
    (KAFKA_BROKERS) => {
      expect(namesOf({ ...KAFKA, KAFKA_BROKERS })).toEqual([]);
    },
  );

  it.each([
    'broker',
    'broker:',
    ':9092',
    'broker:0',
    'broker:65536',
    'a:1,',
    'a:1, b:2',
    'a:1;b:2',
    'http://a:1',
    'a:b',
    'user:secret@a:1',
  ])('may not have the brokers %s, which are not quoted', (KAFKA_BROKERS) => {
    expect(kafkaProblems({ ...KAFKA, KAFKA_BROKERS })).toEqual([
      { name: 'KAFKA_BROKERS', problem: 'must be HOST:PORT, several of them separated by commas' },
    ]);
  });

  it.each(['.', '..', 'a/b', 'a b', '^products.*', 'x'.repeat(250), 'a,b'])(
    'may not have the topic %s',
    (KAFKA_TOPIC) => {
      expect(namesOf({ ...KAFKA, KAFKA_TOPIC })).toEqual(['KAFKA_TOPIC']);
    },
  );

  it('is told in one line, by name', () => {
    expect(kafkaReport(kafkaProblems({ KAFKA_BROKERS: 'secret', KAFKA_TOPIC: '' }))).toBe(
      'Settings for Kafka are incomplete; nothing is read from it until they are mended: ' +
        'KAFKA_BROKERS must be HOST:PORT, several of them separated by commas; KAFKA_TOPIC is missing.',
    );
  });
});
