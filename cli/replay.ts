import { Command, Option } from 'commander';
import { LOCAL_EVENT_HUB } from '../local/local-event-hub.ts';
import { messageType, rate, wholeNumber } from './replay/option-values.ts';
import { MAX_ATTEMPTS } from './replay/retrying-sender.ts';
import { type ReplayFlags, runReplay } from './replay/run-replay.ts';
import { DEFAULT_URL } from './replay/target.ts';
import { folderOfCaller, interruptSignal, runCommand } from './support/run-command.ts';

const NOTES = `
A file holds one message, a JSON array of messages, or NDJSON (one message
per line). An OrderCloud envelope, a CloudEvent and anything that is not a
JSON object are sent as they stand. A bare payload is put into an envelope for
a webhook; as an event it is sent as it stands, with its type beside it.

As events, the messages of one product share a partition and so keep their
order. The hub does not tell what becomes of them: see the app's log, the
products, and npm run dead-letters -- list.

Environment:
  ORDERCLOUD_WEBHOOK_SECRET  the secret, unless --secret is given; for a URL on
                             this machine the local stack's is the default
  FUNCTIONS_KEY              sent as x-functions-key
  EventHubConnection         the connection string, unless --connection-string is
                             given; without both, the local stack's is used
  EVENT_HUB_NAME             the hub, unless --hub or the connection string names it

Exit codes:
  0  every message was accepted
  1  some failed, or nothing could be read or sent
  2  wrong usage
  130  interrupted by Ctrl-C

Examples:
  npm run replay -- samples
  npm run replay -- --type product.deleted gone.ndjson
  npm run replay -- --repeat 10 --rate 50 --concurrency 4 samples
  npm run replay -- --url https://NAME.azurewebsites.net/api/webhooks/products export.ndjson
  npm run replay -- --via eventhub samples
  npm run replay -- --via eventhub --no-key --concurrency 50 export.ndjson`;

/** `replay`, as the command line describes it. */
export const program = new Command('npm run replay --')
  .description(
    'Sends message files to the receiver as OrderCloud does, by webhook or Event Hub, and tells what came of them.',
  )
  .argument(
    '<path...>',
    'files, or folders with *.json, *.ndjson, *.jsonl; *.expected.json and *.event.json are left out',
  )
  .addOption(
    new Option('--via <transport>', 'how to send').choices(['webhook', 'eventhub']).default('webhook'),
  )
  .option('--url <url>', `webhook: where to send to (default: "${DEFAULT_URL}")`)
  .option('--secret <secret>', "webhook: the delivery configuration's secret, which signs the messages")
  .option(
    '--header <name:value>',
    'webhook: send this header too; may be repeated',
    (value, all: string[] = []) => [...all, value],
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
  .option(
    '--retry',
    `webhook: on 503, wait as Retry-After says and send again, up to ${MAX_ATTEMPTS} times in all`,
  )
  .option('--connection-string <text>', 'eventhub: of the namespace or the hub, with the right to send')
  .option('--hub <name>', `eventhub: the hub (default: "${LOCAL_EVENT_HUB}")`)
  .option('--no-key', 'eventhub: send without the product as partition key, spread over all partitions')
  .option('--json', 'print the result as JSON (with npm run --silent, nothing else)')
  .addHelpText('after', NOTES)
  .showHelpAfterError('Run npm run replay -- --help for the usage.')
  .action(async (paths: string[], flags: ReplayFlags) => {
    process.exitCode = await runReplay(paths, flags, {
      env: process.env,
      folder: folderOfCaller('replay'),
      stdout: process.stdout,
      stderr: process.stderr,
      interrupt: interruptSignal,
    });
  });

/** Runs `replay`. */
export const run = (args: readonly string[]) => runCommand(program, args);
