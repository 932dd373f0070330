import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { ask, connectRaw, openReceiver, putToken, tokenFor } from './raw-client.ts';
import { consume, HUB, numbers, producerOf, receive, startBroker, until } from './sdk-clients.ts';

describe('misbehaving clients', () => {
  const header = Buffer.from('AMQP\x00\x01\x00\x00');
  const open = Buffer.from([0, 0, 0, 18, 2, 0, 0, 0, 0, 0x53, 0x10, 0xc0, 5, 1, 0xa1, 2, 0x68, 0x69]);

  test.each([
    ['speaks HTTP', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')],
    ['sends noise', Buffer.concat([header, Buffer.alloc(5_000, 0xa7)])],
    [
      'begins nothing and transfers',
      Buffer.concat([header, open, Buffer.from([0, 0, 0, 12, 2, 0, 0, 7, 0, 0x53, 0x14, 0x45])]),
    ],
    ['opens twice', Buffer.concat([header, open, open])],
    ['stops within a frame', Buffer.concat([header, open.subarray(0, 9)])],
    ['uses a frame too small for its head', Buffer.concat([header, Buffer.from([0, 0, 0, 1, 2, 0, 0, 0])])],
    ['asks for AMQP 0-9-1', Buffer.from('AMQP\x00\x00\x09\x01')],
  ])('one that %s harms nobody else', async (_, bytes) => {
    const broker = await startBroker();
    const producer = producerOf(broker);
    await producer.sendBatch([{ body: 'before' }], { partitionId: '0' });
    const rude = connect(broker.port, '127.0.0.1');
    rude.on('error', () => {});
    await once(rude, 'connect');
    rude.end(bytes);
    await once(rude.resume(), 'close');
    await producer.sendBatch([{ body: 'after' }], { partitionId: '0' });
    await receive(consume(broker, { partitionId: '0' }), 2);
  });
});

describe('an AMQP client that is not the SDK', () => {
  test('is heard only after it has shown a token', async () => {
    const broker = await startBroker();
    const client = await connectRaw(broker.port);
    const unauthorized = { condition: 'amqp:unauthorized-access' };
    for (const address of ['products', 'products/Partitions/0']) {
      const sender = client.connection.open_sender(address);
      await once(sender, 'sender_error');
      expect(sender.error).toMatchObject(unauthorized);
    }
    const { receiver } = openReceiver(client, 1);
    await once(receiver, 'receiver_error');
    expect(receiver.error).toMatchObject(unauthorized);
    await putToken(client, broker.connectionString);
    await once(client.connection.open_sender('products'), 'sendable');
  });

  test('may ask for the mechanism that other SDKs use', async () => {
    const broker = await startBroker();
    const start = (done: (error: undefined, response: Buffer) => void) => done(undefined, Buffer.alloc(0));
    const client = await connectRaw(broker.port, { sasl_mechanisms: { MSSBCBS: { start } } });
    await putToken(client, broker.connectionString);
  });

  test('gets everything that its credit allows, however slowly it reads', async () => {
    const broker = await startBroker();
    const producer = producerOf(broker);
    const client = await connectRaw(broker.port);
    await putToken(client, broker.connectionString);
    const { receiver, sequenceNumbers } = openReceiver(client, 1_000);
    await once(receiver, 'receiver_open');
    client.socket.pause();
    const events = Array.from({ length: 50 }, () => ({ body: Buffer.alloc(20_000) }));
    for (let index = 0; index < 20; index += 1) await producer.sendBatch(events, { partitionId: '0' });
    client.socket.resume();
    await until(
      () => sequenceNumbers.length === 1_000,
      () => sequenceNumbers.length,
    );
    expect(sequenceNumbers).toEqual(sequenceNumbers.map((_, index) => index));
  });

  test('leaves its partition free when it closes a link', async () => {
    const broker = await startBroker();
    const client = await connectRaw(broker.port);
    await putToken(client, broker.connectionString);
    const session = client.connection.create_session();
    session.begin();
    for (const epoch of [2, 1]) {
      const { receiver } = openReceiver(client, 1, { session, epoch });
      await once(receiver, 'receiver_open');
      receiver.close();
      await once(receiver, 'receiver_close');
      expect(receiver.error).toBeUndefined();
    }
  });

  test.each(['products/Publishers/7', 'products/ConsumerGroups/$Default/Partitions/0', 'orders', ''])(
    'finds nowhere to send at "%s"',
    async (address) => {
      const broker = await startBroker();
      const client = await connectRaw(broker.port);
      await putToken(client, broker.connectionString);
      const sender = client.connection.open_sender(address);
      await once(sender, 'sender_error');
      expect(sender.error).toMatchObject({ condition: 'amqp:not-found' });
    },
  );

  test('may leave while more is waiting than its session takes', async () => {
    const broker = await startBroker();
    await producerOf(broker).sendBatch(numbers(100), { partitionId: '0' });
    const client = await connectRaw(broker.port);
    await putToken(client, broker.connectionString);
    const session = client.connection.create_session(8);
    session.begin();
    const { receiver } = openReceiver(client, 100, { session });
    receiver.once('message', () => receiver.close());
    await once(receiver, 'receiver_close');
    const { sequenceNumbers } = openReceiver(client, 100);
    await until(
      () => sequenceNumbers.length === 100,
      () => [sequenceNumbers.length, client.errors],
    );
    expect(client.errors).toEqual([]);
  });
});

describe('what the .NET client sends otherwise than the one for JavaScript', () => {
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
});
