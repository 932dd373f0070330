import { describe, expect, it } from 'vitest';
import { readKafkaSettings } from '../../../src/settings/broker-settings.ts';
import type { Environment } from '../../../src/settings/read-settings.ts';

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
