import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command, CommanderError } from 'commander';
import { LOCAL_COSMOS_PORT } from '../local/local-cosmos.ts';
import { LOCAL_EVENT_HUBS_PORT } from '../local/local-event-hub.ts';
import { type Stack, startStack } from '../local/stack.ts';
import { StartError } from '../local/start-error.ts';
import { brokers, wholeNumber } from './common/options.ts';
import { folderOfCaller } from './common/run-command.ts';
import { DEFAULT_PORT, welcome } from './start/welcome.ts';

/** The app's appTerminate hooks get this long. */
const CLOSING_MS = 1_000;

/** SIGTERM lets requests under way finish for so long, as in Azure; Ctrl-C ends at once. */
const GRACE_MS = { SIGINT: 0, SIGTERM: 10_000 };

const ORPHAN_CHECK_MS = 500;

type StartFlags = {
  port: number;
  cosmosPort: number;
  eventHubs: boolean;
  eventHubsPort?: number;
  data?: string;
  kafka?: string | false;
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
  .option('--no-event-hubs', 'without Event Hubs')
  .option(
    '--kafka <host:port>',
    'read from this Kafka, too; several brokers separated by commas (default: KAFKA_BROKERS, if set)',
    brokers,
  )
  .option('--no-kafka', 'without Kafka, also where the settings name one')
  .showHelpAfterError('Run npm start -- --help for the usage.')
  .exitOverride()
  .action(async ({ data, eventHubsPort, ...options }: StartFlags) => {
    let stack: Stack | undefined;
    onStopSignal(async (graceMs) => {
      try {
        await Promise.race([stack?.close({ graceMs }), sleep(graceMs + CLOSING_MS)]);
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

/** Calls `stop` once for each kind of end: a terminal, npm and tsx can each deliver the same Ctrl-C. */
function onStopSignal(stop: (graceMs: number) => void): void {
  let graceMs = Number.POSITIVE_INFINITY;
  const stopWithin = (milliseconds: number) => {
    if (milliseconds >= graceMs) return;
    graceMs = milliseconds;
    stop(graceMs);
  };
  process.on('SIGINT', () => stopWithin(GRACE_MS.SIGINT));
  process.on('SIGTERM', () => stopWithin(GRACE_MS.SIGTERM));

  // `kill` of npm ends npm and the shell between, which passes nothing on: without this, the port would stay taken.
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event !== undefined) {
    setInterval(() => process.ppid !== parent && stopWithin(GRACE_MS.SIGINT), ORPHAN_CHECK_MS).unref();
  }
}
