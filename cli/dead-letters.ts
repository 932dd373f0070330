import { Command, Option } from 'commander';
import { DEAD_LETTER_REASONS } from '../src/store/dead-letter.ts';
import { deleteDeadLetters } from './dead-letters/delete.ts';
import { listDeadLetters } from './dead-letters/list.ts';
import { replayDeadLettersCommand } from './dead-letters/replay.ts';
import { showDeadLetter } from './dead-letters/show.ts';
import { since } from './dead-letters/since.ts';
import { wholeNumber } from './replay/option-values.ts';
import { confirmAtTerminal } from './support/confirm.ts';
import { interruptSignal, runCommand } from './support/run-command.ts';
import type { Surroundings } from './support/surroundings.ts';

const NOTES = `
An ID may be shortened to its first digits, as the list shows it.

The account is the one that the app's settings name (COSMOS_CONNECTION_STRING or
COSMOS_ENDPOINT, COSMOS_DATABASE …), in the environment or local.settings.json;
without them, the Cosmos DB of the local stack that npm start runs. For replays
set ORDERCLOUD_MARKETPLACE_ID and TOMBSTONE_RETENTION_DAYS as the app has them.

Exit codes:
  0  listed or shown; all mended; all deleted
  1  some not mended, not found or not deleted; or the account cannot be used
  2  wrong usage
  130  interrupted by Ctrl-C

Examples:
  npm run dead-letters -- list --since 2h
  npm run dead-letters -- show 3f9a1b2c
  npm run dead-letters -- replay 3f9a1b2c 77d0e9
  npm run dead-letters -- replay --reason wrong-marketplace --since 7d
  npm run --silent dead-letters -- show 3f9a1b2c --body > message.json`;

const REPLAY_NOTES = `
A message goes the way it went before, under the position it came with: where
something newer is stored it stays without effect, and the order of replays does
not matter. What is mended leaves the list; what is not keeps its place there, and
its attempts are counted.`;

const at: Surroundings = {
  env: process.env,
  folder: process.cwd(),
  stdout: process.stdout,
  stderr: process.stderr,
  ask: process.stdin.isTTY ? confirmAtTerminal : null,
  interrupt: interruptSignal,
};

/** `dead-letters`, as the command line describes it. */
export const program = new Command('npm run dead-letters --')
  .description(
    'Looks at the messages that could not be processed, sends them through the app again, or deletes them.',
  )
  .exitOverride()
  .addHelpText('after', NOTES)
  .showHelpAfterError('Add --help for the usage.');

withFilter(command('list', 'list them, the newest first')).action(async (flags) => {
  process.exitCode = await listDeadLetters(flags, at);
});

command('show', 'print all that is kept of one, its body included')
  .argument('<id>', 'the ID, or its first digits')
  .option('--body', 'print the body only, byte for byte as it came')
  .action(async (id, flags) => {
    process.exitCode = await showDeadLetter(id, flags, at);
  });

withFilter(command('replay', 'send them through the app again'))
  .argument('[id...]', 'the IDs, or their first digits; or choose by filter')
  .option(
    '--allow-old',
    'also what is older than TOMBSTONE_RETENTION_DAYS: a product deleted since may come back',
  )
  .addHelpText('after', REPLAY_NOTES)
  .action(async (ids, flags) => {
    process.exitCode = await replayDeadLettersCommand(ids, flags, at);
  });

withFilter(command('delete', 'remove them for good, after asking'))
  .argument('[id...]', 'the IDs, or their first digits; or choose by filter')
  .option('--yes', 'do not ask')
  .action(async (ids, flags) => {
    process.exitCode = await deleteDeadLetters(ids, flags, at);
  });

/** Runs `dead-letters`. */
export const run = (args: readonly string[]) => runCommand(program, args);

function command(name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .option('--json', 'print the result as JSON (with npm run --silent, nothing else)')
    .option(
      '--cosmos-port <n>',
      'of the local stack, if npm start was given another',
      wholeNumber(1, 65_535),
    );
}

function withFilter(to: Command): Command {
  return to
    .addOption(new Option('--reason <reason>', 'only those of this reason').choices(DEAD_LETTER_REASONS))
    .option('--product <id>', 'only those of this product')
    .option('--since <time>', 'only those received since: 30m, 2h, 7d, or an ISO date, in UTC', (text) =>
      since(text),
    );
}
