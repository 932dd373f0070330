import { Command, Option } from 'commander';
import { LOCAL_EVENT_HUB, LOCAL_KAFKA_TOPIC } from '../../local/defaults.ts';
import { usageError } from '../common/command-error.ts';
import { processContext } from '../common/context.ts';
import { brokers, messageType, rate, wholeNumber } from '../common/options.ts';
import { folderOfCaller } from '../common/run-command.ts';
import { type SendFlags, sendFiles, TRANSPORTS } from './run.ts';
import { DEFAULT_URL } from './webhook.ts';

const NOTES = `
A file holds one message, a JSON array or a page (Items) of messages, an event
captured from a hub, or NDJSON (one of these per line), which alone keeps exact
bytes. An OrderCloud envelope, a CloudEvent and anything that is not a JSON
object are sent as they stand. A bare payload is put into an envelope for a
webhook; by a broker it is sent as it stands, with its type beside it.

As events or Kafka records, the messages of one product share a partition and
so keep their order. The hub or broker does not tell what becomes of them: see
the app's log, the products, and ordercloud-product-sync dead-letters list.

Environment, for what no option gives:
  ORDERCLOUD_WEBHOOK_SECRET  the secret; default on this machine: the local stack's
  FUNCTIONS_KEY              sent as x-functions-key
  EventHubConnection         the connection string; default: the local stack's
  EVENT_HUB_NAME             the hub, unless the connection string names it
  KAFKA_BROKERS, KAFKA_TOPIC the brokers and the topic
  KAFKA_USERNAME, KAFKA_PASSWORD
                             for the brokers of KAFKA_BROKERS: SASL PLAIN over TLS

Examples:
  ordercloud-product-sync send samples
  ordercloud-product-sync send --type product.deleted gone.ndjson
  ordercloud-product-sync send --repeat 10 --rate 50 --concurrency 4 samples
  ordercloud-product-sync send --url https://NAME.azurewebsites.net/api/webhooks/products export.ndjson
  ordercloud-product-sync send --via eventhub samples
  ordercloud-product-sync send --via kafka --brokers 127.0.0.1:9092 samples`;

/** Options below such a heading are for one transport only. */
const only = (via: SendFlags['via']) => `With --via ${via}:`;

/** `send`, as the command line describes it. */
export const program = new Command('send')
  .description(
    'Sends message files to the receiver as OrderCloud does, by webhook, Event Hub or Kafka, and tells what came of them.',
  )
  .argument(
    '<path...>',
    'files, or folders with *.json, *.ndjson, *.jsonl; *.expected.json and *.event.json are left out',
  )
  .addOption(
    new Option('--via <transport>', 'how to send').choices(Object.keys(TRANSPORTS)).default('webhook'),
  )
  .addOption(
    new Option('--type <type>', 'the type of payloads that come without an envelope')
      .argParser(messageType)
      .default(messageType('product.updated'), 'product.updated'),
  )
  .option('--repeat <n>', 'send the whole set n times', wholeNumber(1, 1_000_000), 1)
  .option('--rate <n>', 'send at most n messages a second, evenly', rate)
  .option(
    '--concurrency <n>',
    'messages on their way at a time; above 1, order is not kept',
    wholeNumber(1, 1000),
    1,
  )
  .option('--json', 'print the result as JSON')
  .optionsGroup(only('webhook'))
  .option('--url <url>', `where to send to (default: "${DEFAULT_URL}")`)
  .option('--secret <secret>', "the delivery configuration's secret, which signs the messages")
  .optionsGroup(only('eventhub'))
  .option('--connection-string <text>', 'of the namespace or the hub, with the right to send')
  .option('--hub <name>', `the hub (default: "${LOCAL_EVENT_HUB}")`)
  .optionsGroup(only('kafka'))
  .option('--brokers <host:port>', 'several separated by commas (default: KAFKA_BROKERS)', brokers)
  .option('--topic <name>', `the topic (default: KAFKA_TOPIC, or "${LOCAL_KAFKA_TOPIC}")`)
  .addHelpText('after', NOTES)
  .action(async (paths: string[], flags: SendFlags, command: Command) => {
    requireOwnOptions(command, flags.via);
    process.exitCode = await sendFiles(paths, flags, processContext(folderOfCaller(['send', 'replay'])));
  });

/** Refuses an option that goes with another transport: the messages would not go where it says. */
function requireOwnOptions(command: Command, via: SendFlags['via']): void {
  for (const option of command.options) {
    const { long, helpGroupHeading: heading } = option;
    const isGiven = command.getOptionValueSource(option.attributeName()) === 'cli';
    if (isGiven && heading !== undefined && heading !== only(via)) {
      throw usageError(`${long} goes ${heading.slice(0, -1).toLowerCase()}.`);
    }
  }
}
