import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command, CommanderError } from 'commander';
import { LOCAL_COSMOS_PORT } from '../local/local-cosmos.ts';
import {
  LOCAL_EVENT_HUB,
  LOCAL_EVENT_HUBS_PORT,
  localEventHubsConnectionString,
} from '../local/local-event-hub.ts';
import { LOCAL_WEBHOOK_SECRET } from '../local/local-webhook-secret.ts';
import { type Stack, startStack } from '../local/stack.ts';
import { StartError } from '../local/start-error.ts';
import { wholeNumber } from './replay/option-values.ts';
import { folderOfCaller } from './support/run-command.ts';

const DEFAULT_PORT = 7071;

/** The app's appTerminate hooks get this long; Ctrl-C ends at once all the same. */
const CLOSING_MS = 1_000;

const ORPHAN_CHECK_MS = 500;

/** The types of functions that the host calls. */
const FED = new Set(['httpTrigger', 'eventHubTrigger']);

type StartFlags = {
  port: number;
  cosmosPort: number;
  eventHubs: boolean;
  eventHubsPort?: number;
  data?: string;
};

/** `start`, as the command line describes it. */
export const program = new Command('npm start --')
  .description('Runs the receiver, an in-memory Cosmos DB and Event Hubs on this machine, until Ctrl-C.')
  .option('--port <n>', 'port of the receiver; 0 picks a free one', wholeNumber(0, 65_535), DEFAULT_PORT)
  .option(
    '--cosmos-port <n>',
    'port of Cosmos DB; 0 picks a free one',
    wholeNumber(0, 65_535),
    LOCAL_COSMOS_PORT,
  )
  .option(
    '--event-hubs-port <n>',
    `port of Event Hubs; 0 picks a free one (default: ${LOCAL_EVENT_HUBS_PORT}, or a free one where it is taken)`,
    wholeNumber(0, 65_535),
  )
  .option(
    '--data <folder>',
    'where the events of Event Hubs survive a restart; without it they are in memory',
  )
  .option('--no-event-hubs', 'without Event Hubs: only webhooks are received')
  .showHelpAfterError('Run npm start -- --help for the usage.')
  .exitOverride()
  .action(async ({ data, eventHubsPort, ...options }: StartFlags) => {
    let stack: Stack | undefined;
    onStopSignal(async () => {
      try {
        await Promise.race([stack?.close(), sleep(CLOSING_MS)]);
      } finally {
        // What the app still has under way must not keep this process alive.
        process.exit(0);
      }
    });
    const dataDirectory = data === undefined ? undefined : resolve(folderOfCaller('start'), data);
    stack = await startStack({ ...options, eventHubsPort: eventHubsPort ?? 'usual', dataDirectory });
    process.stdout.write(welcome(stack));
  });

/** Runs `start` until it is stopped. */
export async function run(args: readonly string[]): Promise<void> {
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
    // The app may have been loaded already, and have timers.
    else if (error instanceof StartError)
      process.stderr.write(`error: ${error.message}\n`, () => process.exit(1));
    else throw error;
  }
}

/** Calls `stop` once: a terminal, npm and tsx can each deliver the same Ctrl-C. */
function onStopSignal(stop: () => void): void {
  let isFirst = true;
  const stopOnce = () => {
    if (isFirst) stop();
    isFirst = false;
  };
  process.on('SIGINT', stopOnce);
  process.on('SIGTERM', stopOnce);

  // `kill` of npm ends npm and the shell between, which passes nothing on: without this, the port would stay taken.
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event !== undefined) {
    setInterval(() => process.ppid !== parent && stopOnce(), ORPHAN_CHECK_MS).unref();
  }
}

function eventHubLines({ eventHubs }: Stack): string[] {
  if (!eventHubs) return [];
  const { isLocal, connectionString, hub } = eventHubs;
  return isLocal
    ? [`  Event Hub  "${hub}" at ${connectionString}`]
    : [
        `  Event Hub  "${hub}" of your namespace; other readers of its consumer group lose partitions to this one`,
      ];
}

/** Only for the local hub: a real one gets nothing that nobody meant to send. */
function eventReplayLines({ eventHubs }: Stack): string[] {
  if (!eventHubs?.isLocal) return [];
  const { connectionString, hub } = eventHubs;
  const isDefault = connectionString === localEventHubsConnectionString();
  const flags = [
    ...(isDefault ? [] : [` --connection-string '${connectionString}'`]),
    ...(hub === LOCAL_EVENT_HUB ? [] : [` --hub ${hub}`]),
  ];
  return [`  npm run replay -- --via eventhub samples${flags.join('')}`];
}

function welcome(stack: Stack): string {
  const { database, productsContainer, deadLettersContainer } = stack.cosmosSettings;
  const isDefaultUrl = new URL(stack.url).port === String(DEFAULT_PORT);
  const unfed = stack.functions.filter(({ type }) => !FED.has(type)).map(({ name }) => name);
  const lines = [
    '',
    stack.cosmos
      ? 'The receiver runs on this machine. Products and dead letters are in memory only: they are gone when it stops.'
      : 'The receiver runs on this machine and writes to the Cosmos DB account that your settings name.',
    '',
    `  Webhook    POST ${stack.webhookUrl}`,
    `  Health     GET  ${stack.healthUrl}`,
    `  Cosmos DB  ${stack.cosmos?.endpoint ?? 'your account'}, database "${database}", containers "${productsContainer}" and "${deadLettersContainer}"`,
    stack.usesLocalSecret
      ? `  Secret     ${LOCAL_WEBHOOK_SECRET} (signs the body in x-oc-hash; replay uses it by itself)`
      : '  Secret     yours, from ORDERCLOUD_WEBHOOK_SECRETS (pass one of them to replay with --secret)',
    ...eventHubLines(stack),
    ...(unfed.length > 0 ? [`  Not fed    ${unfed.join(', ')}: nothing here calls such functions`] : []),
    '',
    'Send the samples from another terminal:',
    ...eventReplayLines(stack),
    `  npm run replay -- samples${isDefaultUrl ? '' : ` --url ${stack.webhookUrl}`}`,
    '',
    'Ctrl-C stops.',
    '',
    '',
  ];
  return lines.join('\n');
}
