import { describe, expect, it } from 'vitest';
import { eventHubTarget } from '../../../cli/send/event-hub.ts';
import { refusedUse } from '../../support/refused-use.ts';

const azure =
  'Endpoint=sb://roastery.servicebus.windows.net/;SharedAccessKeyName=send;SharedAccessKey=hush-hush=';
const local = 'Endpoint=sb://localhost:6000;SharedAccessKeyName=any;SharedAccessKey=hush-hush';
const emulator = `${local};UseDevelopmentEmulator=true`;

describe('the hub', () => {
  it.each([
    ['the local stack', {}, {}, 'sb://127.0.0.1:5672/products'],
    ['the variable', {}, { EventHubConnection: azure }, 'sb://roastery.servicebus.windows.net/products'],
    [
      'the flag',
      { connectionString: emulator },
      { EventHubConnection: azure },
      'sb://localhost:6000/products',
    ],
    ['EVENT_HUB_NAME', {}, { EVENT_HUB_NAME: 'catalog' }, 'sb://127.0.0.1:5672/catalog'],
    ['--hub', { hub: 'mine' }, { EVENT_HUB_NAME: 'catalog' }, 'sb://127.0.0.1:5672/mine'],
    [
      'the connection string',
      { connectionString: `${azure};EntityPath=catalog` },
      { EVENT_HUB_NAME: 'other' },
      'sb://roastery.servicebus.windows.net/catalog',
    ],
  ])('comes from %s', (_, flags, env, address) => {
    const target = eventHubTarget(flags, env);
    expect(target.address).toBe(address);
    expect(address.endsWith(`/${target.hub}`)).toBe(true);
  });
});

it.each([
  ['an empty connection string', { connectionString: '' }, { EventHubConnection: 'hush-hush' }],
  ['something else', { connectionString: 'hush-hush' }, {}],
  ['something else in the variable', {}, { EventHubConnection: 'Endpoint=hush-hush' }],
  [
    'a connection string without a key',
    { connectionString: 'Endpoint=sb://hush-hush.servicebus.windows.net/' },
    {},
  ],
  ['a key without a name', { connectionString: 'Endpoint=sb://a.example/;SharedAccessKey=hush-hush' }, {}],
  ['two hubs', { connectionString: `${azure};EntityPath=catalog`, hub: 'products' }, {}],
  ['TLS on this machine', { connectionString: local }, {}],
  [
    'managed identity',
    {},
    { EventHubConnection__fullyQualifiedNamespace: 'hush-hush.servicebus.windows.net' },
  ],
])('%s is a wrong use, and its value is not repeated', (_, flags, env) => {
  const error = refusedUse(() => eventHubTarget(flags, env));
  expect(error.exitCode).toBe(2);
  expect(error.message).not.toContain('hush-hush');
  expect(error.cause).toBeUndefined();
});
