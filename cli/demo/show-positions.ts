import { type App, createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import type { Log } from '../../src/log.ts';
import { type Demo, type EventSample, faultOf, readEventSamples } from './samples.ts';

/**
 * Hands over events at positions of their own, one batch each, as the Event Hubs trigger does after a crash or when a
 * partition changes hands: what only positions can decide.
 */
export async function showPositions({ stack, write, read }: Demo): Promise<string[]> {
  write('\nEvents that come late, twice, or after a delete, handed over one by one:\n');
  const app = createApp(readConfig({ COSMOS_CONNECTION_STRING: stack.cosmos?.connectionString }), () => {});
  const differences: string[] = [];
  for (const { name, event, expected } of readEventSamples()) {
    const outcome = await receive(event, app);
    const position = `${event.partition}:${event.sequence}`;
    write(`  ${name.padEnd(36)} ${position.padEnd(7)} ${outcome.padEnd(10)} ${expected.title}\n`);
    if (outcome !== expected.outcome)
      differences.push(`${name}: expected ${expected.outcome}, got ${outcome}`);
    const { items } = await read();
    const fault = faultOf(
      items.find(({ id }) => id === expected.productId),
      expected,
    );
    if (fault !== null) differences.push(`${name}: ${fault}`);
  }
  return differences;
}

/** Takes the event through the core at its position, and reads the outcome from the core's log. */
async function receive(event: EventSample['event'], app: App): Promise<string> {
  let outcome = 'no outcome';
  const log: Log = (_, what, fields) => {
    if (what === 'message') outcome = String(fields.outcome);
  };
  const { partition, sequence, enqueuedTime: time, properties } = event;
  const delivery = {
    transport: 'eventhub' as const,
    stream: `eventhub/products/${partition}`,
    sequence,
    time,
    properties,
    receivedAt: new Date().toISOString(),
    body: Buffer.from(JSON.stringify(event.body)),
  };
  await app.receiveBatch([delivery], log);
  return outcome;
}
