import { describe, expect, it } from 'vitest';
import { toEventHubSource } from '../../../../local/functions-host/event-hub-source.ts';

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
