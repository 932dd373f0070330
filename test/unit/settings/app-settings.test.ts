import { describe, expect, it } from 'vitest';
import { type AppSettings, readAppSettings } from '../../../src/settings/app-settings.ts';
import { type Environment, settingsReport } from '../../../src/settings/read-settings.ts';
import { createCosmosClient } from '../../../src/store/cosmos-client.ts';

const CONNECTION_STRING = 'AccountEndpoint=https://roastery.documents.azure.com:443/;AccountKey=Y29mZmVl==;';
const ENDPOINT = 'https://roastery.documents.azure.com:443/';
const COMPLETE = { COSMOS_CONNECTION_STRING: CONNECTION_STRING };

function settingsFrom(env: Environment): AppSettings {
  const { settings, problems } = readAppSettings(env);
  if (settings === null) throw new Error(settingsReport(problems));
  return settings;
}

function problemsOf(env: Environment): Record<string, string> {
  return Object.fromEntries(readAppSettings(env).problems.map(({ name, problem }) => [name, problem]));
}

describe('settings', () => {
  it('have defaults for all but Cosmos DB', () => {
    expect(settingsFrom(COMPLETE)).toEqual({
      cosmos: {
        access: { endpoint: ENDPOINT, key: 'Y29mZmVl==' },
        database: 'catalog',
        productsContainer: 'products',
        deadLettersContainer: 'dead-letters',
      },
      marketplaceId: null,
      tombstoneRetentionDays: 14,
      deadLetterRetentionDays: 30,
      maxBodyBytes: 2_097_152,
      maxBodySeconds: 30,
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
        ORDERCLOUD_MARKETPLACE_ID: 'roastery',
        TOMBSTONE_RETENTION_DAYS: '7',
        DEAD_LETTER_RETENTION_DAYS: '90',
        MAX_BODY_BYTES: '1000000',
        MAX_BODY_SECONDS: '60',
        MAX_WEBHOOKS_IN_FLIGHT: '10',
        WRITE_CONCURRENCY: '4',
        PATH: '/usr/bin',
      }),
    ).toEqual({
      cosmos: {
        access: { endpoint: ENDPOINT, key: 'Y29mZmVl==' },
        database: 'shop',
        productsContainer: 'beans',
        deadLettersContainer: 'spilt-beans',
      },
      marketplaceId: 'roastery',
      tombstoneRetentionDays: 7,
      deadLetterRetentionDays: 90,
      maxBodyBytes: 1_000_000,
      maxBodySeconds: 60,
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
    'ORDERCLOUD_MARKETPLACE_ID',
    'TOMBSTONE_RETENTION_DAYS',
    'DEAD_LETTER_RETENTION_DAYS',
    'MAX_BODY_BYTES',
    'MAX_BODY_SECONDS',
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
      { endpoint: ENDPOINT, key: 'Y29mZmVl==' },
    ],
    [
      'a connection string, which wins over an endpoint',
      {
        COSMOS_CONNECTION_STRING: CONNECTION_STRING,
        COSMOS_ENDPOINT: ENDPOINT,
        COSMOS_KEY: 'key-of-the-tests',
      },
      { endpoint: ENDPOINT, key: 'Y29mZmVl==' },
    ],
    [
      'an endpoint with a key',
      { COSMOS_ENDPOINT: ENDPOINT, COSMOS_KEY: 'key-of-the-tests' },
      { endpoint: ENDPOINT, key: 'key-of-the-tests' },
    ],
    [
      'an endpoint with managed identity',
      { COSMOS_ENDPOINT: ENDPOINT },
      { endpoint: ENDPOINT, key: undefined },
    ],
    [
      'an endpoint with an empty key',
      { COSMOS_ENDPOINT: ENDPOINT, COSMOS_KEY: '', COSMOS_CONNECTION_STRING: '' },
      { endpoint: ENDPOINT, key: undefined },
    ],
    [
      'an emulator over http',
      { COSMOS_ENDPOINT: 'http://127.0.0.1:8081' },
      { endpoint: 'http://127.0.0.1:8081', key: undefined },
    ],
  ])('by %s', (_, env, access) => {
    expect(settingsFrom(env).cosmos.access).toEqual(access);
  });

  const ACCOUNT = { endpoint: ENDPOINT, key: 'Y29mZmVl==' };

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
      endpoint: ENDPOINT,
      key: undefined,
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
    [
      'an endpoint without TLS',
      'AccountEndpoint=http://roastery.documents.azure.com/;AccountKey=Y29mZmVl==;',
    ],
    ['no semicolon between', `AccountEndpoint=${ENDPOINT} AccountKey=Y29mZmVl==`],
  ])('refuses a connection string with %s', (_, connectionString) => {
    expect(problemsOf({ COSMOS_CONNECTION_STRING: connectionString })).toEqual({
      COSMOS_CONNECTION_STRING:
        'must hold AccountEndpoint=https://…; and AccountKey=…;, with http only on this machine',
    });
  });

  it.each([
    'roastery',
    'roastery.documents.azure.com',
    'ftp://roastery',
    'http://roastery.documents.azure.com',
    'http://127.0.0.1.example',
    'https://',
    '/documents',
    'https://a b',
  ])('refuses the endpoint %s', (endpoint) => {
    expect(problemsOf({ COSMOS_ENDPOINT: endpoint })).toEqual({
      COSMOS_ENDPOINT:
        'must be a URL such as https://ACCOUNT.documents.azure.com:443/, with http only on this machine',
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

const NUMBERS = [
  ['TOMBSTONE_RETENTION_DAYS', 'tombstoneRetentionDays', 0, 24_855],
  ['DEAD_LETTER_RETENTION_DAYS', 'deadLetterRetentionDays', 1, 24_855],
  ['MAX_BODY_BYTES', 'maxBodyBytes', 1, 104_857_600],
  ['MAX_BODY_SECONDS', 'maxBodySeconds', 1, 240],
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
