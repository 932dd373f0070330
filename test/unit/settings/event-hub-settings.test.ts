import { describe, expect, it } from 'vitest';
import { readEventHubSettings } from '../../../src/settings/broker-settings.ts';

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
