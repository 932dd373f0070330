import { Command } from 'commander';
import { processContext } from '../common/context.ts';
import { ORDERCLOUD_ENVIRONMENT_HELP } from '../ordercloud/settings.ts';
import { patchConfig } from './run.ts';

/** `pause`, as the command line describes it. */
export const pause = command('pause', {
  does: 'Lets OrderCloud hold product updates back.',
  notes: `
While it is paused, OrderCloud collects updates, several of one product as one, and
sends them on resume. Deletes are not held back.`,
  done: 'Paused. Updates wait in OrderCloud; deletes still come. To go on: ordercloud-product-sync resume',
});

/** `resume`, as the command line describes it. */
export const resume = command('resume', {
  does: 'Lets OrderCloud send product updates again, and those that it has held back.',
  notes: '\nWhat was held back comes as a burst.',
  done: 'Resumed. What was held back is on its way.',
});

function command(name: 'pause' | 'resume', says: { does: string; notes: string; done: string }): Command {
  const assignment = `Paused=${name === 'pause'}`;
  const notes = `${says.notes} The same as:
  ordercloud-product-sync sync-config patch ${assignment}
${ORDERCLOUD_ENVIRONMENT_HELP}
  The role ProductSyncConfigAdmin is needed.`;
  return new Command(name)
    .description(says.does)
    .option('--dry-run', 'show what would be changed, and change nothing')
    .option('--yes', `no difference: ${name} does not ask`)
    .option('--json', 'print the result as JSON')
    .addHelpText('after', notes)
    .showHelpAfterError('Add --help for the usage.')
    .action(async (flags) => {
      process.exitCode = await patchConfig([assignment], { ...flags, done: says.done }, processContext());
    });
}
