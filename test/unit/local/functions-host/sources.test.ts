import { describe, expect, it } from 'vitest';
import { toEventHubSource, toKafkaSource } from '../../../../local/functions-host/sources.ts';

describe('what an eventHubTrigger names', () => {
  const source = (binding: Record<string, unknown>, env: Record<string, string> = {}) =>
    toEventHubSource(
      {
        ...{ type: 'eventHubTrigger', direction: 'in', cardinality: 'many', dataType: 'binary' },
        ...{ eventHubName: 'products', connection: 'EventHubConnection', ...binding },
      },
      env,
    );

  it('is found among the settings', () => {
    expect(source({}, { EventHubConnection: 'Endpoint=sb://x/' })).toEqual({
      hub: 'products',
      consumerGroup: '$Default',
      access: { connectionString: 'Endpoint=sb://x/' },
    });
    expect(
      source(
        { eventHubName: '%HUB%', consumerGroup: '%GROUP%', connection: 'Other' },
        { HUB: 'h', GROUP: 'g', Other__fullyQualifiedNamespace: 'x.servicebus.windows.net' },
      ),
    ).toEqual({
      hub: 'h',
      consumerGroup: 'g',
      access: { fullyQualifiedNamespace: 'x.servicebus.windows.net' },
    });
  });

  it('is the hub in the connection string, if there is one', () => {
    const connection = 'Endpoint=sb://x/;SharedAccessKey=hidden-key-of-the-hub=;EntityPath=mine';
    expect(source({}, { EventHubConnection: connection }).hub).toBe('mine');
  });

  it.each([
    ['no connection', {}, {}, 'Neither the setting EventHubConnection nor'],
    [
      'a hub whose setting is missing',
      { eventHubName: '%HUB%' },
      { EventHubConnection: 'x' },
      'The setting HUB',
    ],
    ['single events', { cardinality: 'one' }, { EventHubConnection: 'x' }, 'cardinality'],
    ['bodies that are not bytes', { dataType: undefined }, { EventHubConnection: 'x' }, 'dataType'],
  ])('is refused where this host cannot feed it: %s', (_, binding, env, message) => {
    expect(() => source(binding, env)).toThrow(message);
  });

  it('is never shown where it is a connection string', () => {
    const secret = 'Endpoint=sb://x/;SharedAccessKeyName=n;SharedAccessKey=hidden-key-of-the-hub';
    expect(() => source({ connection: secret })).toThrow(/^(?!.*hidden-key)/s);
  });
});

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
