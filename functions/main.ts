import { app } from '@azure/functions';
import { createApp } from '../src/app.ts';
import { readConfig } from '../src/config.ts';
import { startTelemetry } from '../src/telemetry/start-telemetry.ts';
import { health } from './health.ts';
import { logToConsole } from './log-to.ts';
import { productEventHub } from './product-event-hub.ts';
import { productKafka } from './product-kafka.ts';
import { productOffers } from './product-offers.ts';
import { productWebhook } from './product-webhook.ts';
import { keepWireHeaders } from './wire-headers.ts';

// The entry point: package.json's `main` is its bundle, which the Functions host loads.

// Without streaming the host forwards only bodies with a Content-Length: a chunked webhook would arrive empty.
// Without empty entries the lists beside a batch of events no longer line up with it.
app.setup({ enableHttpStream: true, capabilities: { IncludeEmptyEntriesInMessagePayload: true } });
keepWireHeaders();

const config = readConfig(process.env);
const productSync = createApp(config, logToConsole);
const telemetry = startTelemetry(logToConsole, config.telemetry);
app.hook.appTerminate(() => telemetry.end());
app.http('productWebhook', productWebhook(productSync));
app.http('health', health(productSync));
if (config.eventHub !== null) app.eventHub('productEventHub', productEventHub(productSync, config.eventHub));
if (config.kafka !== null) app.generic('productKafka', productKafka(productSync, config.kafka));
if (config.offers !== null) app.http('productOffers', productOffers(productSync));
// Azure calls it on each added instance, before the instance gets its first message. It requires this name.
if (config.hasWarmUpTrigger) app.warmup('warmup', { handler: () => productSync.warmUp() });
