import { describe, expect, it } from 'vitest';
import type { SendFlags } from '../../../cli/send/run.ts';
import { localEventHubsConnectionString } from '../../../local/defaults.ts';
import { PRODUCT_DELETED } from '../../support/deliveries.ts';
import { consume, receive, startBroker, until } from '../event-hubs/sdk-clients.ts';
import { sendMessages } from './send-messages.ts';

const run = (flags: Partial<SendFlags>, options?: Parameters<typeof sendMessages>[1]) =>
  sendMessages({ via: 'eventhub', ...flags }, options);

describe('send by Event Hub', () => {
  it('sends each message as its file has it, and says where its outcome shows', async () => {
    const broker = await startBroker();
    const { exitCode, output } = await run({}, { env: { EventHubConnection: broker.connectionString } });
    expect(exitCode).toBe(0);
    expect(output).toContain('│ sent    │        4 │');
    expect(output).toContain('ordercloud-product-sync dead-letters list');
    const events = await receive(consume(broker, { skipParsingBodyAsJson: true }), 4);
    const told = events.map(({ event }) => [event.body.toString(), event.properties?.type]);
    expect(told.sort()).toEqual([
      ['7', undefined],
      ['nonsense', undefined],
      ['{ "ProductID": "AEROPRESS-GO" }', PRODUCT_DELETED],
      ['{"Headers":{"type":"other.type.here"},"Payload":{}}', 'other.type.here'],
    ]);
  });

  it('repeats, side by side, and prints one JSON object without a key', async () => {
    const broker = await startBroker();
    const { exitCode, output } = await run({
      connectionString: broker.connectionString,
      json: true,
      repeat: 5,
      concurrency: 4,
    });
    expect(exitCode).toBe(0);
    expect(JSON.parse(output)).toMatchObject({
      url: `sb://127.0.0.1:${broker.port}/products`,
      planned: 20,
      sent: 20,
      outcomes: { sent: 20 },
    });
    expect(output).not.toContain('SharedAccess');
    await receive(consume(broker), 20);
  });

  it('says how to start the stack when nothing listens, once for a thousand messages', async () => {
    const broker = await startBroker();
    await broker.close();
    const { exitCode, output } = await run({
      connectionString: localEventHubsConnectionString(broker.port),
      repeat: 1000,
    });
    const address = `sb://127.0.0.1:${broker.port}/products`;
    expect(exitCode).toBe(`Nothing listens at ${address}. Start the local stack with: npm start`);
    expect(output).toBe('');
  });

  it('names the hub that there is not', async () => {
    const broker = await startBroker();
    const { exitCode } = await run({ connectionString: broker.connectionString, hub: 'orders' });
    expect(exitCode).toBe(`Cannot reach sb://127.0.0.1:${broker.port}/orders: there is no such hub.`);
  });

  it('stops when interrupted, and tells what was sent', async () => {
    const broker = await startBroker();
    const interrupt = new AbortController();
    const running = run({ connectionString: broker.connectionString, repeat: 1_000_000 }, { interrupt });
    await receiveAtLeastOne(broker);
    interrupt.abort();
    const { exitCode, output } = await running;
    expect(exitCode).toBe(130);
    expect(output).toMatch(/Stopped after [\d,]+ of 4,000,000 messages/);
  });
});

async function receiveAtLeastOne(broker: { connectionString: string }): Promise<void> {
  const consumer = consume(broker);
  await until(() => consumer.events.length > 0);
}
