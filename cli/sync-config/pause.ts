import { Command } from 'commander';
import { processContext } from '../common/context.ts';
import { ORDERCLOUD_ENVIRONMENT_HELP } from '../ordercloud/settings.ts';
import { patchConfig } from './run.ts';

const NOTES = `
While it is paused, OrderCloud collects updates, several of one product as one, and
sends them on resume. Deletes are not held back. The same as:
  ordercloud-product-sync sync-config patch Paused=true
${ORDERCLOUD_ENVIRONMENT_HELP}
  The role ProductSyncConfigAdmin is needed.`;

const DONE =
  'Paused. Updates wait in OrderCloud; deletes still come. To go on: ordercloud-product-sync resume';

/** `pause`, as the command line describes it. */
export const program = new Command('pause')
  .description('Lets OrderCloud hold product updates back.')
  .option('--json', 'print the result as JSON')
  .addHelpText('after', NOTES)
  .showHelpAfterError('Add --help for the usage.')
  .action(async (flags) => {
    process.exitCode = await patchConfig(['Paused=true'], flags, processContext(), DONE);
  });
