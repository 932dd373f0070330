import { describe, expect, it } from 'vitest';
import { readEventHubSettings, readKafkaSettings } from '../../../src/settings/broker-settings.ts';
import type { Environment } from '../../../src/settings/read-settings.ts';

const KEY = 'SharedAccessKeyName=listen;SharedAccessKey=a2V5';
const CONNECTION = { EventHubConnection: `Endpoint=sb://roastery.servicebus.windows.net/;${KEY}` };
const NAMESPACE = { EventHubConnection__fullyQualifiedNamespace: 'roastery.servicebus.windows.net' };

describe('the Event Hub', () => {
  it.each([
    ['a connection string', CONNECTION],
    ['a namespace', NAMESPACE],
    ['empty names', { ...CONNECTION, EVENT_HUB_NAME: '', EVENT_HUB_CONSUMER_GROUP: '' }],
  ])('has defaults, with %s', (_, env) => {
    expect(readEventHubSettings(env)).toEqual({
      settings: { hub: 'products', consumerGroup: '$Default' },
      problems: [],
    });
  });

  it('is named', () => {
    const env = { ...CONNECTION, EVENT_HUB_NAME: 'catalog', EVENT_HUB_CONSUMER_GROUP: 'sync' };
    expect(readEventHubSettings(env)).toEqual({
      settings: { hub: 'catalog', consumerGroup: 'sync' },
      problems: [],
    });
  });

  it.each([
    ['nothing is', {}],
    ['its connection is empty', { EventHubConnection: '', EventHubConnection__fullyQualifiedNamespace: '' }],
    ['only its name is', { EVENT_HUB_NAME: 'a b' }],
  ])('is none where %s set', (_, env) => {
    expect(readEventHubSettings(env)).toEqual({ settings: null, problems: [] });
  });

  it.each([
    ['of a hub', `Endpoint=sb://roastery.servicebus.windows.net/;${KEY};EntityPath=products`],
    ['with white space around its parts', ` Endpoint = sb://roastery.servicebus.windows.net/ ; ${KEY} ;\n`],
    [
      'with a signature',
      'Endpoint=sb://roastery.servicebus.windows.net/;SharedAccessSignature=SharedAccessSignature sr=x',
    ],
    ['of an emulator here', `Endpoint=sb://127.0.0.1:5672;${KEY};UseDevelopmentEmulator=true;`],
    ['of an emulator here, by name', `Endpoint=sb://localhost;${KEY};UseDevelopmentEmulator=true;`],
  ])('may have a connection string %s', (_, EventHubConnection) => {
    expect(readEventHubSettings({ EventHubConnection }).problems).toEqual([]);
  });

  it.each([
    ['words', { EventHubConnection: 'secret-hub' }, 'EventHubConnection'],
    [
      'no key',
      { EventHubConnection: 'Endpoint=sb://roastery.servicebus.windows.net/' },
      'EventHubConnection',
    ],
    ['no endpoint', { EventHubConnection: KEY }, 'EventHubConnection'],
    ['another protocol', { EventHubConnection: `Endpoint=https://roastery/;${KEY}` }, 'EventHubConnection'],
    [
      'an emulator elsewhere',
      { EventHubConnection: `Endpoint=sb://roastery;${KEY};UseDevelopmentEmulator=true` },
      'EventHubConnection',
    ],
    [
      'a URL for a host',
      { EventHubConnection__fullyQualifiedNamespace: 'sb://roastery/' },
      'EventHubConnection__fullyQualifiedNamespace',
    ],
    ['a hub with a space', { ...NAMESPACE, EVENT_HUB_NAME: 'my hub' }, 'EVENT_HUB_NAME'],
    ['a hub with a path', { ...NAMESPACE, EVENT_HUB_NAME: 'products/0' }, 'EVENT_HUB_NAME'],
    ['a hub with a dot at its end', { ...NAMESPACE, EVENT_HUB_NAME: 'products.' }, 'EVENT_HUB_NAME'],
    ['a long hub', { ...NAMESPACE, EVENT_HUB_NAME: 'x'.repeat(257) }, 'EVENT_HUB_NAME'],
    [
      'a group with a space',
      { ...NAMESPACE, EVENT_HUB_CONSUMER_GROUP: 'my group' },
      'EVENT_HUB_CONSUMER_GROUP',
    ],
  ])('may not have %s, which is not quoted', (_, env, name) => {
    const problems = readEventHubSettings(env).problems;
    expect(problems).toEqual([{ part: 'event-hub', name, problem: expect.stringMatching(/^must /) }]);
    expect(JSON.stringify(problems)).not.toMatch(/secret-hub|a2V5/);
  });
});

describe('Kafka', () => {
  const KAFKA = { KAFKA_BROKERS: 'broker:9092', KAFKA_TOPIC: 'products' };
  const namesOf = (env: Environment) => readKafkaSettings(env).problems.map(({ name }) => name);

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
    expect(readKafkaSettings({ ...KAFKA, ...env })).toEqual({ settings, problems: [] });
  });

  it.each([
    ['nothing is', {}],
    ['all are empty', { KAFKA_BROKERS: '', KAFKA_TOPIC: '', KAFKA_USERNAME: '', KAFKA_PASSWORD: '' }],
    ['only the group is', { KAFKA_CONSUMER_GROUP: 'shop' }],
  ])('is none where %s set', (_, env) => {
    expect(readKafkaSettings(env)).toEqual({ settings: null, problems: [] });
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
    expect(readKafkaSettings(env).problems).toEqual(
      names.map((name) => ({ part: 'kafka', name, problem: 'is missing' })),
    );
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
    expect(readKafkaSettings({ ...KAFKA, KAFKA_BROKERS }).problems).toEqual([
      {
        part: 'kafka',
        name: 'KAFKA_BROKERS',
        problem: 'must be HOST:PORT, several of them separated by commas',
      },
    ]);
  });

  it.each(['.', '..', 'a/b', 'a b', '^products.*', 'x'.repeat(250), 'a,b'])(
    'may not have the topic %s',
    (KAFKA_TOPIC) => {
      expect(namesOf({ ...KAFKA, KAFKA_TOPIC })).toEqual(['KAFKA_TOPIC']);
    },
  );
});
