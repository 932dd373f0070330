import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { type Environment, settingsReport } from '../../src/settings/read-settings.ts';

const APP = { COSMOS_ENDPOINT: 'https://roastery.documents.azure.com:443/' };
const SECRET = { ORDERCLOUD_WEBHOOK_SECRETS: 'a-secret-of-the-tests' };
const HUB = { EventHubConnection__fullyQualifiedNamespace: 'roastery.servicebus.windows.net' };
const KAFKA = { KAFKA_BROKERS: 'broker:9092', KAFKA_TOPIC: 'products' };

const namesIn = (env: Environment) => readConfig(env).problems.map(({ name }) => name);

it('is complete with an account and a secret', () => {
  expect(readConfig({ ...APP, ...SECRET })).toMatchObject({
    app: { cosmos: { access: { key: undefined } } },
    webhookSecrets: ['a-secret-of-the-tests'],
    eventHub: null,
    kafka: null,
    problems: [],
    warnings: [],
  });
});

describe('a missing webhook secret', () => {
  it.each([
    ['nothing', {}],
    ['an empty text', { ORDERCLOUD_WEBHOOK_SECRETS: '' }],
    ['commas', { ORDERCLOUD_WEBHOOK_SECRETS: ',,' }],
  ])('is a problem where there is no broker: %s', (_, env) => {
    expect(readConfig({ ...APP, ...env }).problems).toEqual([
      { part: 'webhooks', name: 'ORDERCLOUD_WEBHOOK_SECRETS', problem: 'is missing' },
    ]);
  });

  it.each([
    ['Event Hubs', HUB],
    ['Kafka', KAFKA],
  ])('is a warning beside %s', (_, broker) => {
    expect(readConfig({ ...APP, ...broker })).toMatchObject({
      problems: [],
      warnings: ['ORDERCLOUD_WEBHOOK_SECRETS is not set: every webhook is refused'],
    });
  });

  it('is told together with what else is missing', () => {
    expect(namesIn({})).toEqual(['COSMOS_CONNECTION_STRING', 'ORDERCLOUD_WEBHOOK_SECRETS']);
  });
});

describe('parts', () => {
  it.each([
    ['an Event Hub that is malformed is not read', { EVENT_HUB_NAME: 'a b' }, { eventHub: null }],
    ['a Kafka that is malformed is not read', { KAFKA_TOPIC: 'a b' }, { kafka: null }],
    [
      'Kafka is not read while the app cannot work: a batch that fails may be lost',
      { WRITE_CONCURRENCY: '0' },
      { app: null, kafka: null },
    ],
    [
      'webhooks are refused where a secret is blank',
      { ORDERCLOUD_WEBHOOK_SECRETS: 'good, ' },
      { webhookSecrets: [] },
    ],
    ['telemetry stops nothing', { OTEL_EXPORTER_OTLP_PROTOCOL: 'dice' }, {}],
  ])('%s, and the others go on', (_, wrong, expected) => {
    const right = readConfig({ ...APP, ...SECRET, ...HUB, ...KAFKA });
    expect(right.problems).toEqual([]);
    const { problems, warnings, ...config } = readConfig({ ...APP, ...SECRET, ...HUB, ...KAFKA, ...wrong });
    expect(problems).toHaveLength(1);
    expect({ ...config, problems: [], warnings: [] }).toEqual({ ...right, ...expected, warnings: [] });
  });
});

describe('a report', () => {
  const WRONG = {
    COSMOS_CONNECTION_STRING: 'AccountKey=secret-espresso',
    COSMOS_ENDPOINT: 'secret-filter',
    COSMOS_KEY: 'secret-key',
    COSMOS_DATABASE: 'secret-database/',
    COSMOS_PRODUCTS_CONTAINER: 'secret-products?',
    COSMOS_DEAD_LETTERS_CONTAINER: 'secret-letters#',
    ORDERCLOUD_WEBHOOK_SECRETS: 'secret-hook, ',
    TOMBSTONE_RETENTION_DAYS: '77777',
    DEAD_LETTER_RETENTION_DAYS: '0',
    MAX_BODY_BYTES: 'secret-bytes',
    MAX_WEBHOOKS_IN_FLIGHT: '-88888',
    WRITE_CONCURRENCY: '99999',
    EventHubConnection: 'secret-hub',
    KAFKA_BROKERS: 'secret-broker',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'secret-protocol',
  };

  it('tells all that is wrong together, each once, and what does not work meanwhile', () => {
    const report = settingsReport(readConfig(WRONG).problems);
    const { COSMOS_KEY: _, ...wrong } = WRONG;
    for (const name of Object.keys(wrong)) expect(report.split(`${name} `)).toHaveLength(2);
    expect(report).toMatch(
      /^Settings are wrong\. Nothing is processed .*\. Webhooks get 503 .*\. The Event Hub is not read .*\. Kafka is not read .*\. Telemetry goes on without this: OTEL_EXPORTER_OTLP_PROTOCOL .*\.$/,
    );
  });

  it('tells what is malformed along with what is missing', () => {
    expect(settingsReport(readConfig({ WRITE_CONCURRENCY: '0', ...SECRET }).problems)).toBe(
      'Settings are wrong. Nothing is processed until you fix this: WRITE_CONCURRENCY must be a whole number from 1 to 256; ' +
        'COSMOS_CONNECTION_STRING is missing, and so is COSMOS_ENDPOINT: set one.',
    );
  });

  it('never tells a value', () => {
    const { problems } = readConfig(WRONG);
    expect(settingsReport(problems) + JSON.stringify(problems)).not.toMatch(/secret-|77777|88888|99999/);
  });
});
