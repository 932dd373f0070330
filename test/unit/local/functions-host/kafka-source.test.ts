import { describe, expect, it } from 'vitest';
import { toKafkaSource } from '../../../../local/functions-host/kafka-source.ts';

describe('what a kafkaTrigger names', () => {
  const source = (binding: Record<string, unknown>, env: Record<string, string> = {}) =>
    toKafkaSource(
      {
        ...{ type: 'kafkaTrigger', direction: 'in', brokerList: '%B%', topic: '%T%' },
        ...{ cardinality: 'MANY', dataType: 'string', ...binding },
      },
      { B: 'a:1,b:2', T: 'products', ...env },
    );
  const SASL = { protocol: 'SaslSsl', authenticationMode: 'Plain', username: '%U%', password: '%P%' };

  it('is found among the settings', () => {
    expect(source({})).toEqual({
      brokers: ['a:1', 'b:2'],
      topic: 'products',
      consumerGroup: '$Default',
      user: undefined,
    });
    expect(source({ ...SASL, consumerGroup: 'g' }, { U: '$ConnectionString', P: 'p%x%' })).toMatchObject({
      consumerGroup: 'g',
      user: { username: '$ConnectionString', password: 'p%x%' },
    });
  });

  it.each([
    ['a setting that is missing', SASL, {}, 'The setting U is not set.'],
    ['single records', { cardinality: 'ONE' }, {}, 'cardinality'],
    ['bytes', { dataType: 'binary' }, {}, 'dataType'],
    [
      'another way to sign in',
      { ...SASL, authenticationMode: 'ScramSha256' },
      { U: 'u', P: 'p' },
      "authenticationMode: 'Plain'",
    ],
  ])('is refused where this host cannot feed it: %s', (_, binding, env, message) => {
    expect(() => source(binding, env)).toThrow(message);
  });
});
