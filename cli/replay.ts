import { Command, Option } from 'commander';
import { messageType, rate, wholeNumber } from './replay/option-values.ts';
import { MAX_ATTEMPTS } from './replay/retrying-sender.ts';
import { type ReplayFlags, runReplay } from './replay/run-replay.ts';
import { DEFAULT_URL } from './replay/target.ts';
import { folderOfCaller, interruptSignal, runCommand } from './support/run-command.ts';

const NOTES = `
A file holds one message, a JSON array of messages, or NDJSON (one message
per line). An OrderCloud envelope, a CloudEvent and anything that is not a
JSON object are sent as they stand; a bare payload is put into an envelope.

Environment:
  ORDERCLOUD_WEBHOOK_SECRET  the secret, unless --secret is given; for a URL on
                             this machine the local stack's is the default
  FUNCTIONS_KEY              sent as x-functions-key

Exit codes:
  0  every message was accepted
  1  some failed, or nothing could be read or sent
  2  wrong usage
  130  interrupted by Ctrl-C

Examples:
  npm run replay -- samples
  npm run replay -- --type product.deleted gone.ndjson
  npm run replay -- --repeat 10 --rate 50 --concurrency 4 samples
  npm run replay -- --url https://NAME.azurewebsites.net/api/webhooks/products export.ndjson`;

const program = new Command('npm run replay --')
  .description(
    'Sends message files to the receiver as OrderCloud does by webhook, and tells what came of each.',
  )
  .argument('<path...>', 'files, or folders with *.json, *.ndjson, *.jsonl; *.expected.json are left out')
  .option('--url <url>', 'where to send to', DEFAULT_URL)
  .option('--secret <secret>', "the delivery configuration's secret, which signs the messages")
  .option('--header <name:value>', 'send this header too; may be repeated', (value, all: string[] = []) => [
    ...all,
    value,
  ])
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
  .option('--retry', `on 503, wait as Retry-After says and send again, up to ${MAX_ATTEMPTS} times in all`)
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

await runCommand(program);
