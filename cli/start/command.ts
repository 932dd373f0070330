import { Command, Option } from 'commander';
import { LOCAL_COSMOS_PORT, LOCAL_EVENT_HUBS_PORT } from '../../local/defaults.ts';
import { brokers, wholeNumber } from '../common/options.ts';
import { runUntilStopped, type StartFlags } from './run.ts';
import { DEFAULT_PORT } from './text.ts';

const port = wholeNumber(0, 65_535);

/** `start`, as the command line describes it. */
export const program = new Command('npm start --')
  .description('Runs the receiver, an in-memory Cosmos DB and Event Hubs on this machine, until Ctrl-C.')
  .option('--port <n>', 'port of the receiver; 0 picks a free one', port, DEFAULT_PORT)
  .option('--cosmos-port <n>', 'port of Cosmos DB; 0 picks a free one', port, LOCAL_COSMOS_PORT)
  .option(
    '--event-hubs-port <n>',
    `port of Event Hubs; 0 picks a free one (default: ${LOCAL_EVENT_HUBS_PORT}, or a free one where it is taken)`,
    port,
  )
  .addOption(
    new Option(
      '--no-receiver',
      'only Azurite, Cosmos DB and Event Hubs, for an app that Core Tools run (func start)',
    ).conflicts(['port', 'eventHubs', 'kafka']),
  )
  .option('--no-event-hubs', 'without Event Hubs')
  .option(
    '--kafka <host:port>',
    'read from this Kafka, too; several brokers separated by commas (default: KAFKA_BROKERS, if set)',
    brokers,
  )
  .option('--no-kafka', 'without Kafka, also where the settings name one')
  .action((flags: StartFlags) => runUntilStopped(flags));
