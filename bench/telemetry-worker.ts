import { metrics, type ProxyTracerProvider, type TracerProvider, trace } from '@opentelemetry/api';
import { receiveBatch } from '../src/receive/receive-batch.ts';
import { cosmosDeadLetterStore } from '../src/store/cosmos-dead-letter-store.ts';
import { cosmosProductStore } from '../src/store/cosmos-product-store.ts';
import { writeMemory } from '../src/sync/write-memory.ts';
import { attach } from '../src/telemetry/attach.ts';
import { readTelemetrySettings } from '../src/telemetry/telemetry-settings.ts';
import { BATCH_SIZE, partsOn } from './support/batches.ts';
import { startCosmosProcess } from './support/cosmos-process.ts';
import { differentMessages, eventAt } from './support/events.ts';

/** Milliseconds of processor time of two batches, one after the other: exporting, and with nothing attached. */
export type Round = { exporting: number; without: number };

const PRODUCTS = 500;

/** So many turns' spans are sent together, about as under such a load. */
const TURNS_TO_FLUSH = 5;
const MESSAGE_BYTES = 13_000;
const TRACEPARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

/**
 * Half of the default's five traces a second: half of the batches go without an exporter, so of the others the same share
 * is kept as of all batches in an app under such a load.
 */
const SAMPLER = { OTEL_TRACES_SAMPLER: 'microsoft.rate_limited', OTEL_TRACES_SAMPLER_ARG: '2.5' };

const [, , collector = ''] = process.argv;
void serve();

async function serve(): Promise<void> {
  const cosmos = await startCosmosProcess();
  const parts = partsOn({
    products: cosmosProductStore(async () => cosmos.products),
    deadLetters: cosmosDeadLetterStore(async () => cosmos.deadLetters),
    // As the app has one for its brokers.
    memory: writeMemory(),
  });
  const messages = differentMessages(MESSAGE_BYTES, PRODUCTS);
  const exporters = await attached();
  let sequence = 0;
  const nextBatch = (first: number) =>
    messages.slice(first, first + BATCH_SIZE).map((message) => {
      sequence += 1;
      const event = eventAt(sequence, message);
      return { ...event, properties: { ...event.properties, 'Diagnostic-Id': TRACEPARENT } };
    });

  let turns = 0;
  let exported = 0;
  const turn = async (isExporting: boolean): Promise<number> => {
    const batch = nextBatch((turns * BATCH_SIZE) % PRODUCTS);
    turns += 1;
    exporters.detach();
    if (isExporting) exporters.attach();
    const before = process.cpuUsage();
    await receiveBatch(parts, batch);
    if (isExporting) {
      exported += 1;
      if (exported % TURNS_TO_FLUSH === 0) await exporters.flush();
    }
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  };

  process.on('message', async () => {
    const exportsFirst = (turns / 2) % 2 === 0;
    const [first, second] = [await turn(exportsFirst), await turn(!exportsFirst)];
    const [exporting, without] = exportsFirst ? [first, second] : [second, first];
    process.send?.({ exporting, without } satisfies Round);
  });
  process.once('disconnect', () => process.exit());
  process.send?.('ready');
}

/**
 * The app's exporters, which can be taken away and put back: OpenTelemetry's API asks for them at each call. What is
 * attached stays as it is meanwhile.
 */
async function attached() {
  // OpenTelemetry's libraries read the environment themselves.
  Object.assign(process.env, { OTEL_EXPORTER_OTLP_ENDPOINT: collector, ...SAMPLER });
  const { settings } = readTelemetrySettings(process.env);
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
