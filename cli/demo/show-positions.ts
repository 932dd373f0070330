import { isDeepStrictEqual } from 'node:util';
import { type App, createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import type { Log } from '../../src/log.ts';
import type { Delivery } from '../../src/message/delivery.ts';
import { contentOf } from './compare.ts';
import type { Demo } from './context.ts';
import { type EventSample, readEventSamples, type SampleEvent } from './samples.ts';

/**
 * Hands over events at positions of their own, one batch each, as the Event Hubs trigger does after a crash or when a
 * partition changes hands: what only positions can decide.
 */
export async function showPositions(folder: string, { stack, write, read }: Demo): Promise<string[]> {
  write('\nEvents that come late, twice, or after a delete, handed over one by one:\n');
  const app = createApp(readConfig({ COSMOS_CONNECTION_STRING: stack.cosmos?.connectionString }), () => {});
  const differences: string[] = [];
  for (const sample of readEventSamples(folder)) {
    const { name, event, expected } = sample;
    const outcome = await receive(event, app);
    write(
      `  ${name.padEnd(36)} ${`${event.partition}:${event.sequence}`.padEnd(7)} ${outcome.padEnd(10)} ${expected.title}\n`,
    );
    if (outcome !== expected.outcome)
      differences.push(`${name}: expected ${expected.outcome}, got ${outcome}`);
    const { items } = await read();
    differences.push(
      ...differencesIn(
        sample,
        items.find(({ id }) => id === expected.productId),
      ),
    );
  }
  return differences;
}

function differencesIn(
  { name, expected }: EventSample,
  item: Parameters<typeof contentOf>[0] | undefined,
): string[] {
  if (item === undefined) return [`${name}: nothing is stored`];
  const isAsExpected =
    expected.document === null ? 'deleted' in item : isDeepStrictEqual(contentOf(item), expected.document);
  return isAsExpected ? [] : [`${name}: what is stored is not as ${name}.expected.json says`];
}

/** Takes the event through the core at its position, and reads the outcome from the core's log. */
async function receive(event: SampleEvent, app: App): Promise<string> {
  let outcome = 'no outcome';
  const log: Log = (_, what, fields) => {
    if (what === 'message') outcome = String(fields.outcome);
  };
  const delivery: Delivery = {
    transport: 'eventhub',
    stream: `eventhub/products/${event.partition}`,
    sequence: event.sequence,
    time: event.enqueuedTime,
    receivedAt: new Date().toISOString(),
    body: Buffer.from(JSON.stringify(event.body)),
    properties: event.properties,
  };
  await app.receiveBatch('eventhub', [delivery], log);
  return outcome;
}
