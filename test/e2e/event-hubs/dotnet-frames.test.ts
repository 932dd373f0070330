import { once } from 'node:events';
import { expect, test } from 'vitest';
import { ask, connectRaw, openReceiver, putToken, tokenFor } from './raw-client.ts';
import { HUB, numbers, producerOf, startBroker, until } from './sdk-clients.ts';

// What the .NET client sends otherwise than the one for JavaScript; `dotnet-client.test.ts` runs that client itself.

const READ = { operation: 'READ', type: 'com.microsoft:eventhub', name: HUB };

test('properties are read without $cbs, by a token in the request', async () => {
  const broker = await startBroker();
  const client = await connectRaw(broker.port);
  const security_token = tokenFor(broker.connectionString);
  const answer = await ask(client, '$management', { ...READ, security_token });
  expect(answer).toMatchObject({ status: 200, body: { name: HUB, partition_count: 4 } });
});

test.each([undefined, '', 'SharedAccessSignature sr=a&sig=b&se=99999999999&skn=RootManageSharedAccessKey'])(
  'properties are not read with the token %o',
  async (security_token) => {
    const broker = await startBroker();
    const client = await connectRaw(broker.port);
    await putToken(client, broker.connectionString);
    const properties = security_token === undefined ? READ : { ...READ, security_token };
    expect(await ask(client, '$management', properties)).toMatchObject({ status: 401 });
  },
);

test('links may begin with a slash', async () => {
  const broker = await startBroker();
  const client = await connectRaw(broker.port);
  await putToken(client, broker.connectionString);
  for (const address of ['/products', '/products/Partitions/0'])
    await once(client.connection.open_sender(address), 'sendable');
  await producerOf(broker).sendBatch(numbers(3), { partitionId: '0' });
  const { sequenceNumbers } = openReceiver(client, 10, { slash: '/' });
  await until(() => sequenceNumbers.length === 3);
});

test.each([
  ['amqp.annotation.x-opt-offset > -1', [0, 1, 2, 3, 4]],
  ['amqp.annotation.x-opt-sequence-number > 2', [3, 4]],
  ['amqp.annotation.x-opt-sequence-number >= 2', [2, 3, 4]],
  ['amqp.annotation.x-opt-enqueued-time > 1', [0, 1, 2, 3, 4]],
])('a start position may come unquoted: %s', async (filter, expected) => {
  const broker = await startBroker();
  const client = await connectRaw(broker.port);
  await putToken(client, broker.connectionString);
  await producerOf(broker).sendBatch(numbers(5), { partitionId: '0' });
  const { sequenceNumbers } = openReceiver(client, 10, { filter });
  await until(() => sequenceNumbers.length === expected.length);
  expect(sequenceNumbers).toEqual(expected);
});

test('how a client settles its requests comes back to it', async () => {
  const broker = await startBroker();
  const client = await connectRaw(broker.port);
  const options = { target: { address: '$management' }, snd_settle_mode: 1 } as const;
  const sender = client.connection.open_sender(options);
  await once(sender, 'sendable');
  expect(sender.snd_settle_mode).toBe(1);
});
