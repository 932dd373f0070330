import { Command } from 'commander';
import { processContext } from '../common/context.ts';
import { ORDERCLOUD_ENVIRONMENT_HELP } from '../ordercloud/settings.ts';
import { patchConfig } from './run.ts';

const NOTES = `
What was held back comes as a burst. The same as:
  ordercloud-product-sync sync-config patch Paused=false
${ORDERCLOUD_ENVIRONMENT_HELP}
  The role ProductSyncConfigAdmin is needed.`;

const DONE = 'Resumed. What was held back is on its way.';

/** `resume`, as the command line describes it. */
export const program = new Command('resume')
  .description('Lets OrderCloud send product updates again, and those that it has held back.')
  .option('--json', 'print the result as JSON')
  .addHelpText('after', NOTES)
  .showHelpAfterError('Add --help for the usage.')
  .action(async (flags) => {
    process.exitCode = await patchConfig(['Paused=false'], flags, processContext(), DONE);
  });
