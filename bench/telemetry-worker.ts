import { setTimeout as sleep } from 'node:timers/promises';
import { cosmosDeadLetterStore } from '../src/store/cosmos-dead-letter-store.ts';
import { cosmosProductStore } from '../src/store/cosmos-product-store.ts';
import { receiveBatch } from '../src/sync/receive-batch.ts';
import { EVENT_HUB_RETRY } from '../src/sync/retry.ts';
import { writeMemory } from '../src/sync/write-memory.ts';
import { startTelemetry } from '../src/telemetry/start-telemetry.ts';
import { readTelemetrySettings } from '../src/telemetry/telemetry-settings.ts';
import { BATCH_SIZE, partsOn } from './support/batches.ts';
import { startCosmosCatalog } from './support/cosmos-catalog.ts';
import { differentMessages, eventAt } from './support/events.ts';

/** What a worker measured in one round. */
export type Round = { events: number; wallMs: number; cpuMs: number };

const PRODUCTS = 500;
const MESSAGE_BYTES = 13_000;

/** Half of the app's own; after a round a worker waits for longer, so that its own round pays for all its spans. */
const SPAN_DELAY_MS = 1_000;

const collector = process.argv[2];
startTelemetry(
  (_level, event) => console.error(event),
  readTelemetrySettings({
    ...(collector && { OTEL_EXPORTER_OTLP_ENDPOINT: collector }),
    OTEL_BSP_SCHEDULE_DELAY: String(SPAN_DELAY_MS),
    // A third of the app's own.
    OTEL_METRIC_EXPORT_INTERVAL: '10000',
  }),
);

void serve();

async function serve(): Promise<void> {
  const catalog = await startCosmosCatalog();
  const parts = partsOn({
    products: cosmosProductStore(async () => catalog.products),
    deadLetters: cosmosDeadLetterStore(async () => catalog.deadLetters),
    // As the app has one for its brokers.
    memory: writeMemory(),
  });
  const messages = differentMessages(MESSAGE_BYTES, PRODUCTS);
  let sequence = 0;
  const nextBatch = (first: number) =>
    messages.slice(first, first + BATCH_SIZE).map((message) => {
      sequence += 1;
      const event = eventAt(sequence, message);
      return { ...event, properties: { ...event.properties, 'Diagnostic-Id': TRACEPARENT } };
    });

  process.on('message', async () => {
    globalThis.gc?.();
    const [start, cpu] = [performance.now(), process.cpuUsage()];
    for (let first = 0; first < PRODUCTS; first += BATCH_SIZE) {
      await receiveBatch(parts, nextBatch(first), EVENT_HUB_RETRY);
    }
    const wallMs = performance.now() - start;
    await sleep(1.2 * SPAN_DELAY_MS);
    const { user, system } = process.cpuUsage(cpu);
    process.send?.({ events: PRODUCTS, wallMs, cpuMs: (user + system) / 1_000 } satisfies Round);
  });
  process.once('disconnect', () => catalog.close());
}

const TRACEPARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
