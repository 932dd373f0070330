import { Command, Option } from 'commander';
import { DEAD_LETTER_REASONS } from '../../src/store/dead-letter.ts';
import { exitWith } from '../common/context.ts';
import { ACCOUNT_HELP, since, withAccountOptions } from '../common/options.ts';
import { replayDeadLettersCommand } from './replay.ts';
import { deleteDeadLetters, listDeadLetters } from './run.ts';
import { showDeadLetter } from './show.ts';

const NOTES = `
An ID may be shortened to its first digits, as the list shows it.
${ACCOUNT_HELP}
For replays set ORDERCLOUD_MARKETPLACE_ID and TOMBSTONE_RETENTION_DAYS as the
app has them.

Examples:
  ordercloud-product-sync dead-letters list --since 2h
  ordercloud-product-sync dead-letters show 3f9a1b2c
  ordercloud-product-sync dead-letters replay 3f9a1b2c 77d0e9
  ordercloud-product-sync dead-letters replay --reason wrong-marketplace --since 7d
  ordercloud-product-sync dead-letters show 3f9a1b2c --body > message.json`;

const REPLAY_NOTES = `
A message is processed again under the position it came with. If something newer is
stored, it has no effect, so the order of replays does not matter. What succeeds leaves
the list; what fails stays there, with one attempt more.`;

/** `dead-letters`, as the command line describes it. */
export const program = new Command('dead-letters')
  .description('Shows the messages that could not be processed, processes them again, or deletes them.')
  .addHelpText('after', NOTES);

withFilter(command('list', 'list them, the newest first')).action(exitWith(listDeadLetters));

command('show', 'print all that is kept of one, its body included')
  .argument('<id>', 'the ID, or its first digits')
  .option('--body', 'print the body only, byte for byte as it came')
  .action(exitWith(showDeadLetter));

withFilter(command('replay', 'send them through the app again'))
  .argument('[id...]', 'the IDs, or their first digits; or choose by filter')
  .option(
    '--allow-old',
    'also what is older than TOMBSTONE_RETENTION_DAYS: a product deleted since may come back',
  )
  .addHelpText('after', REPLAY_NOTES)
  .action(exitWith(replayDeadLettersCommand));

withFilter(command('delete', 'remove them for good, after asking'))
  .argument('[id...]', 'the IDs, or their first digits; or choose by filter')
  .option('--yes', 'do not ask')
  .action(exitWith(deleteDeadLetters));

function command(name: string, description: string): Command {
  return withAccountOptions(program.command(name).description(description));
}

function withFilter(to: Command): Command {
  return to
    .addOption(new Option('--reason <reason>', 'only those of this reason').choices(DEAD_LETTER_REASONS))
    .option('--product <id>', 'only those of this product')
    .option('--since <time>', 'only those received since: 30m, 2h, 7d, or an ISO date, in UTC', since);
}
