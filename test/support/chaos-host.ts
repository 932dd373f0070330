import { resolve } from 'node:path';
import { startFunctionsHost } from '../../local/functions-host/host.ts';

// A Functions host as a process of its own, so that a test can kill it. Its settings are in its environment.
const { AzureWebJobsStorage: storageConnectionString, KAFKA_BROKERS: brokers } = process.env;
if (storageConnectionString === undefined && brokers === undefined) {
  throw new Error('Neither AzureWebJobsStorage nor KAFKA_BROKERS is set');
}

const host = await startFunctionsHost({
  entry: resolve('dist/app/main.cjs'),
  port: 0,
  // A killed host's partitions are free again soon, or the test would take ten minutes.
  eventHubs:
    storageConnectionString === undefined ? undefined : { storageConnectionString, ownershipExpiryMs: 2_000 },
  kafka: brokers === undefined ? undefined : { sessionTimeoutMs: 5_000 },
  log: ({ message }) => console.log(message),
});
console.log(`ready ${host.url}`);
