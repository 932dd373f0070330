import type { EventHubsOptions } from '../../../local/functions-host/event-hub-feed.ts';
import { startFunctionsHost } from '../../../local/functions-host/host.ts';
import type { KafkaOptions } from '../../../local/functions-host/kafka-feed.ts';

// A Functions host alone in a process, for a test to kill. It prints its log, one entry a line, and first its URL; on
// SIGTERM it closes, after which nothing must keep the process alive.

const { entry, eventHubs, kafka } = JSON.parse(process.argv[2] ?? '') as {
  entry: string;
  eventHubs?: EventHubsOptions;
  kafka?: KafkaOptions;
};

const host = await startFunctionsHost({
  entry,
  port: 0,
  eventHubs,
  kafka,
  log: (logged) => process.stdout.write(`${JSON.stringify(logged)}\n`),
});
process.stdout.write(`${JSON.stringify({ level: 'information', category: 'host', message: host.url })}\n`);
process.once('SIGTERM', () => void host.close());
