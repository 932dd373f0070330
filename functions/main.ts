import { app } from '@azure/functions';
import { createApp } from '../src/app.ts';
import { readConfig } from '../src/config.ts';
import { startTelemetry } from '../src/telemetry/start-telemetry.ts';
import { registerHealth } from './health.ts';
import { logToConsole } from './log-to.ts';
import { registerProductEventHub } from './product-event-hub.ts';
import { registerProductKafka } from './product-kafka.ts';
import { registerProductOffers } from './product-offers.ts';
import { registerProductWebhook } from './product-webhook.ts';
import { keepWireHeaders } from './wire-headers.ts';

// The entry point: package.json's `main` is its bundle, which the Functions host loads.

// Without streaming the host forwards only bodies with a Content-Length: a chunked webhook would arrive empty.
// Without empty entries the lists beside a batch of events no longer line up with it.
app.setup({ enableHttpStream: true, capabilities: { IncludeEmptyEntriesInMessagePayload: true } });
app.hook.appTerminate(keepWireHeaders());

const config = readConfig(process.env);
const productSync = createApp(config, logToConsole);
const telemetry = startTelemetry(logToConsole, config.telemetry);
app.hook.appTerminate(() => telemetry.end());
registerProductWebhook(productSync);
registerHealth(productSync);
if (config.eventHub !== null) registerProductEventHub(productSync, config.eventHub);
if (config.kafka !== null) registerProductKafka(productSync, config.kafka);
if (config.offers !== null) registerProductOffers(productSync);
// Azure calls it on each added instance, before the instance gets its first message. It requires this name.
if (config.hasWarmUpTrigger) app.warmup('warmup', { handler: () => productSync.warmUp() });
