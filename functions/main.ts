import { app } from '@azure/functions';
import { createApp } from '../src/app.ts';
import { registerHealth } from './health.ts';
import { logToConsole } from './log-to.ts';
import { registerProductWebhook } from './product-webhook.ts';

// The entry that the Functions host loads: package.json's `main` is the bundle of it.

// Without streaming the host forwards only bodies with a Content-Length: a chunked webhook would arrive empty.
app.setup({ enableHttpStream: true });

const productSync = createApp(logToConsole);
registerProductWebhook(productSync);
registerHealth(productSync);
