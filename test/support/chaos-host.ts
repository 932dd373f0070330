import { resolve } from 'node:path';
import { startFunctionsHost } from '../../local/functions-host/host.ts';

// A Functions host as a process of its own, so that a test can kill it. Its settings are in its environment.
const storageConnectionString = process.env.AzureWebJobsStorage;
if (storageConnectionString === undefined) throw new Error('AzureWebJobsStorage is not set');

await startFunctionsHost({
  entry: resolve('dist/app/main.cjs'),
  port: 0,
  // A killed host's partitions are free again soon, or the test would take ten minutes.
  eventHubs: { storageConnectionString, ownershipExpiryMs: 2_000 },
  log: ({ message }) => console.log(message),
});
console.log('ready');
