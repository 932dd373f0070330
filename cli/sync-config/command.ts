import { Command } from 'commander';
import { processContext } from '../common/context.ts';
import { ORDERCLOUD_ENVIRONMENT_HELP } from '../ordercloud/settings.ts';
import { deleteConfig, getConfig, patchConfig, putConfig } from './run.ts';

const NOTES = `
The configuration has these properties:
  SyncProductChanged     true: messages when a product is created or changed
  SyncProductDeleted     true: messages when a product is deleted
  Paused                 true: updates wait and are merged; deletes go out at once
  DeliveryConfigID       the delivery configuration that messages go by
  ExcludePriceSchedules  true: messages without prices
  ConfigData             JSON; OrderCloud's documentation says nothing of it

get hides secrets, and what of an address can hold one, by ********; put and patch
refuse that mark: put the real values there.

put and delete ask first, patch does not. Before they write, all of them check
that nobody else has changed it meanwhile.
${ORDERCLOUD_ENVIRONMENT_HELP}
  The role ProductSyncConfigAdmin is needed.

Exit codes:
  0  shown, or written, or nothing was to be changed
  1  refused by you or by OrderCloud, or there is no configuration
  2  wrong usage, or a setting is missing
  130  interrupted by Ctrl-C

Examples:
  ordercloud-product-sync sync-config get > sync.json
  ordercloud-product-sync sync-config put sync.json
  ordercloud-product-sync sync-config patch SyncProductDeleted=true ExcludePriceSchedules=false
  ordercloud-product-sync pause`;

/** `sync-config`, as the command line describes it. */
export const program = new Command('sync-config')
  .description("Shows and changes OrderCloud's configuration of product synchronization.")
  .addHelpText('after', NOTES)
  .showHelpAfterError('Add --help for the usage.');

program
  .command('get')
  .description('print it as JSON')
  .option('--json', 'no difference: it always is JSON')
  .action(async () => {
    process.exitCode = await getConfig(processContext());
  });

writing('put', 'replace the whole with what a file holds, after asking')
  .argument('<file>', 'JSON; - for standard input')
  .action(async (file, flags) => {
    process.exitCode = await putConfig(file, flags, processContext());
  });

writing('patch', 'change some of its properties, and keep the others')
  .argument('<key=value...>', 'such as Paused=true; ConfigData as JSON')
  .action(async (assignments, flags) => {
    process.exitCode = await patchConfig(assignments, flags, processContext());
  });

writing('delete', 'remove it, after asking: no more product messages').action(async (flags) => {
  process.exitCode = await deleteConfig(flags, processContext());
});

function writing(name: 'put' | 'patch' | 'delete', description: string): Command {
  return program
    .command(name)
    .description(description)
    .option('--dry-run', 'show what would be changed, and change nothing')
    .option('--yes', name === 'patch' ? 'no difference: patch does not ask' : 'do not ask')
    .option('--json', 'print the result as JSON');
}
