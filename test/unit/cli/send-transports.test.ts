import { describe, expect, it } from 'vitest';
import { program } from '../../../cli/send/command.ts';
import { eventHubTarget } from '../../../cli/send/event-hub.ts';
import { kafkaTarget } from '../../../cli/send/kafka.ts';
import { failureOf } from '../../../cli/send/transport.ts';
import { DEFAULT_URL, webhookTarget } from '../../../cli/send/webhook.ts';
import { refusedUse } from '../../support/refused-use.ts';

/** What the command says to these options, and to a file that is not there. */
async function answerTo(...options: string[]): Promise<string> {
  const run = program.parseAsync([...options, 'nowhere.json'], { from: 'user' });
  return run.then(String, (error: Error) => error.message);
}

it.each([
  ['webhook', '--url', 'http://127.0.0.1:1/'],
  ['webhook', '--secret', 's3cret'],
  ['eventhub', '--hub', 'shop'],
  ['kafka', '--brokers', '127.0.0.1:1'],
])('by %s takes %s', async (via, option, value) => {
  expect(await answerTo('--via', via, option, value, '--json')).toContain('Cannot read nowhere.json');
});

it.each([
  ['eventhub', '--url', 'http://127.0.0.1:1/', 'webhook'],
  ['kafka', '--secret', 's3cret', 'webhook'],
  ['webhook', '--hub', 'shop', 'eventhub'],
  ['webhook', '--brokers', '127.0.0.1:1', 'kafka'],
  ['eventhub', '--topic', 'shop', 'kafka'],
])('by %s refuses %s', async (via, wrong, value, other) => {
  expect(await answerTo('--via', via, wrong, value)).toBe(`${wrong} goes with --via ${other}.`);
});

describe('a webhook', () => {
  const azure = 'https://roastery.azurewebsites.net/api/webhooks/products';

  describe('the secret', () => {
    it.each([
      [
        'the flag',
        { url: azure, secret: 'secret-from-flag' },
        { ORDERCLOUD_WEBHOOK_SECRET: 'secret-from-variable' },
        'secret-from-flag',
      ],
      [
        'the variable',
        { url: azure },
        { ORDERCLOUD_WEBHOOK_SECRET: 'secret-from-variable' },
        'secret-from-variable',
      ],
      [
        'the variable',
        { url: DEFAULT_URL },
        { ORDERCLOUD_WEBHOOK_SECRET: 'secret-from-variable' },
        'secret-from-variable',
      ],
      ['the local stack', { url: DEFAULT_URL }, { ORDERCLOUD_WEBHOOK_SECRET: '' }, 'local-webhook-secret'],
      ['the local stack', { url: 'http://localhost:7071/' }, {}, 'local-webhook-secret'],
      ['the local stack', { url: 'http://[::1]:7071/' }, {}, 'local-webhook-secret'],
    ])('comes from %s for %j', (_, options, env, secret) => {
      expect(webhookTarget(options, env).secret).toBe(secret);
    });

    it.each([azure, 'http://127.0.0.1.example.com/', 'http://10.0.0.1/', 'http://localhost.example.com/'])(
      'of the local stack never goes to %s',
      (url) => {
        expect(() => webhookTarget({ url }, {})).toThrow(/set ORDERCLOUD_WEBHOOK_SECRET or pass --secret/);
      },
    );
  });

  it('sends FUNCTIONS_KEY, if there is one', () => {
    const env = { FUNCTIONS_KEY: 'key-from-variable' };
    expect(webhookTarget({ url: DEFAULT_URL }, env).headers).toEqual({
      'x-functions-key': 'key-from-variable',
    });
    expect(webhookTarget({ url: DEFAULT_URL }, {}).headers).toEqual({});
  });

  it.each([
    ['a part of a URL', { url: 'localhost:7071?code=hush-hush' }, {}],
    ['no URL', { url: 'hush-hush' }, {}],
    ['a password in the URL', { url: 'http://me:hush-hush@127.0.0.1/' }, {}],
    ['a missing secret', { url: `${azure}?code=hush-hush` }, {}],
    ['an empty secret', { url: azure, secret: '' }, { ORDERCLOUD_WEBHOOK_SECRET: 'hush-hush' }],
    ['a key of two lines', { url: DEFAULT_URL }, { FUNCTIONS_KEY: 'hush-hush\nhush-hush' }],
  ])('%s is a wrong use, and its value is not repeated', (_, options, env) => {
    const error = refusedUse(() => webhookTarget(options, env));
    expect(error.exitCode).toBe(2);
    expect(error.message).not.toContain('hush-hush');
    expect(error.cause).toBeUndefined();
  });
});

describe('an Event Hub', () => {
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
});

describe('Kafka', () => {
  const SHOP = {
    KAFKA_BROKERS: 'shop:9093',
    KAFKA_USERNAME: 'u',
    KAFKA_PASSWORD: 'kafka-password-of-the-tests',
  };

  describe('the topic to send to', () => {
    it('is that of the settings, or the one that the local stack reads', () => {
      expect(kafkaTarget({}, { ...SHOP, KAFKA_TOPIC: 'catalog' })).toEqual({
        brokers: ['shop:9093'],
        topic: 'catalog',
        user: { username: 'u', password: 'kafka-password-of-the-tests' },
        address: 'kafka://shop:9093/catalog',
      });
      expect(kafkaTarget({}, { KAFKA_BROKERS: 'a:1,b:2', KAFKA_TOPIC: '' })).toMatchObject({
        brokers: ['a:1', 'b:2'],
        topic: 'products',
        user: undefined,
      });
    });

    it('is another where the flags say so, and its brokers get no user and password that are for others', () => {
      expect(kafkaTarget({ brokers: '127.0.0.1:9092', topic: 't' }, SHOP)).toEqual({
        brokers: ['127.0.0.1:9092'],
        topic: 't',
        user: undefined,
        address: 'kafka://127.0.0.1:9092/t',
      });
      expect(kafkaTarget({ brokers: 'shop:9093' }, SHOP).user).toBeDefined();
    });

    it.each([
      ['no brokers', {}, {}, 'Which Kafka? Set KAFKA_BROKERS or pass --brokers HOST:PORT.'],
      ['brokers that are none', {}, { KAFKA_BROKERS: 'hush-hush' }, 'KAFKA_BROKERS must be HOST:PORT'],
      ['an empty topic', { topic: '' }, SHOP, 'KAFKA_TOPIC is missing'],
      ['half a user', {}, { ...SHOP, KAFKA_PASSWORD: '' }, 'KAFKA_PASSWORD is missing'],
    ])('is refused with %s, without quoting a value', (_, flags, env, message) => {
      expect(() => kafkaTarget(flags, env)).toThrow(message);
      expect(() => kafkaTarget(flags, env)).toThrow(/^(?!.*(password-of|hush))/);
    });
  });
});

describe('why a message could not be sent', () => {
  const error = (message: string, more: object = {}) => Object.assign(new Error(message), more);
  it.each([
    [error('x', { cause: error('connect ECONNREFUSED 127.0.0.1:1') }), 'connection refused', true],
    [error('getaddrinfo ENOTFOUND shop'), 'no such host', true],
    [error('x', { type: 'UNKNOWN_TOPIC_OR_PARTITION' }), 'there is no such topic', true],
    [error('x', { type: 'MESSAGE_TOO_LARGE' }), 'larger than the broker takes', false],
    [error('x', { name: 'KafkaJSSASLAuthenticationError' }), 'the user or the password is refused', true],
    [error('Request Produce timed out'), 'no answer in time', true],
    [new DOMException('', 'TimeoutError'), 'no answer in time', true],
    [new DOMException('', 'AbortError'), 'interrupted before the answer came', false],
    [new AggregateError([error('a'), error('b', { code: 'ENOTFOUND' })]), 'no such host', true],
    [error('something else'), 'sending failed (something else)', true],
    ['no error', 'sending failed (no reason given)', true],
  ])('of a broker is told in a few words: %s', (cause, told, unreachable) => {
    expect(failureOf(cause, true)).toEqual({ error: told, unreachable });
  });

  it('by webhook stands in the way of all only if it is the network', () => {
    expect(failureOf(error('something else'), false).unreachable).toBe(false);
    expect(failureOf(error('Request timed out'), false).unreachable).toBe(false);
    expect(failureOf(error('ECONNREFUSED'), false).unreachable).toBe(true);
  });
});
