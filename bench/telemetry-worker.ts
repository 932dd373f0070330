import { metrics, type ProxyTracerProvider, type TracerProvider, trace } from '@opentelemetry/api';
import { cosmosDeadLetterStore } from '../src/store/cosmos-dead-letter-store.ts';
import { cosmosProductStore } from '../src/store/cosmos-product-store.ts';
import { receiveBatch } from '../src/sync/receive-batch.ts';
import { EVENT_HUB_RETRY } from '../src/sync/retry.ts';
import { writeMemory } from '../src/sync/write-memory.ts';
import { attach } from '../src/telemetry/attach.ts';
import { readTelemetrySettings } from '../src/telemetry/telemetry-settings.ts';
import { BATCH_SIZE, partsOn } from './support/batches.ts';
import { startCosmosCatalog } from './support/cosmos-catalog.ts';
import { differentMessages, eventAt } from './support/events.ts';

/** What one turn of so many events took. */
export type Turn = { events: number; wallMs: number; cpuMs: number };

/** Two turns of one process, one after the other: exporting, and with nothing attached. */
export type Round = Record<'exporting' | 'without', Turn>;

const PRODUCTS = 500;

/** Seconds of a full load, so that a limit of traces a second counts as it does in an app. */
const BATCHES_IN_A_TURN = 40;
const MESSAGE_BYTES = 13_000;
const TRACEPARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

void serve(process.argv[2] ?? '', process.argv[3] ?? '');

async function serve(collector: string, sampler: string): Promise<void> {
  const catalog = await startCosmosCatalog();
  const parts = partsOn({
    products: cosmosProductStore(async () => catalog.products),
    deadLetters: cosmosDeadLetterStore(async () => catalog.deadLetters),
    // As the app has one for its brokers.
    memory: writeMemory(),
  });
  const messages = differentMessages(MESSAGE_BYTES, PRODUCTS);
  const exporters = await attachedTo(collector, sampler);
  let sequence = 0;
  const nextBatch = (first: number) =>
    messages.slice(first, first + BATCH_SIZE).map((message) => {
      sequence += 1;
      const event = eventAt(sequence, message);
      return { ...event, properties: { ...event.properties, 'Diagnostic-Id': TRACEPARENT } };
    });

  const turn = async (isExporting: boolean): Promise<Turn> => {
    exporters.detach();
    if (isExporting) exporters.attach();
    const [start, cpu] = [performance.now(), process.cpuUsage()];
    for (let batch = 0; batch < BATCHES_IN_A_TURN; batch += 1) {
      await receiveBatch(parts, nextBatch((batch * BATCH_SIZE) % PRODUCTS), EVENT_HUB_RETRY);
    }
    // The turn itself pays for all its spans.
    if (isExporting) await exporters.flush();
    const { user, system } = process.cpuUsage(cpu);
    return {
      events: BATCHES_IN_A_TURN * BATCH_SIZE,
      wallMs: performance.now() - start,
      cpuMs: (user + system) / 1_000,
    };
  };

  let rounds = 0;
  process.on('message', async () => {
    rounds += 1;
    const first = rounds % 2 === 0;
    const [one, other] = [await turn(first), await turn(!first)];
    process.send?.(
      (first ? { exporting: one, without: other } : { exporting: other, without: one }) satisfies Round,
    );
  });
  process.once('disconnect', () => process.exit());
  process.send?.('ready');
}

/**
 * The app's exporters, which can be taken away and put back: OpenTelemetry's API asks for them at each call. What is
 * attached stays as it is meanwhile.
 */
async function attachedTo(collector: string, sampler: string) {
  const { settings } = readTelemetrySettings({
    OTEL_EXPORTER_OTLP_ENDPOINT: collector,
    OTEL_TRACES_SAMPLER: sampler,
  });
  await attach((_level, event, fields) => console.error(event, fields), settings);
  const tracing = (trace.getTracerProvider() as ProxyTracerProvider).getDelegate();
  const metering = metrics.getMeterProvider();
  return {
    detach() {
      trace.disable();
      metrics.disable();
    },
    attach() {
      trace.setGlobalTracerProvider(tracing);
      metrics.setGlobalMeterProvider(metering);
    },
    flush: () => (tracing as TracerProvider & { forceFlush(): Promise<void> }).forceFlush(),
  };
}
