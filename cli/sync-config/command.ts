import { Command } from 'commander';
import { exitWith, processContext } from '../common/context.ts';
import { withWriteOptions } from '../common/options.ts';
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

Examples:
  ordercloud-product-sync sync-config get > sync.json
  ordercloud-product-sync sync-config put sync.json
  ordercloud-product-sync sync-config patch SyncProductDeleted=true ExcludePriceSchedules=false
  ordercloud-product-sync pause`;

/** `sync-config`, as the command line describes it. */
export const program = new Command('sync-config')
  .description("Shows and changes OrderCloud's configuration of product synchronization.")
  .addHelpText('after', NOTES);

program
  .command('get')
  .description('print it as JSON')
  .option('--json', 'no difference: it always is JSON')
  .action(async () => {
    process.exitCode = await getConfig(processContext());
  });

withWriteOptions(program.command('put'), { asks: true })
  .description('replace the whole with what a file holds, after asking')
  .argument('<file>', 'JSON; - for standard input')
  .action(exitWith(putConfig));

withWriteOptions(program.command('patch'), { asks: false })
  .description('change some of its properties, and keep the others')
  .argument('<key=value...>', 'such as Paused=true; ConfigData as JSON')
  .action(exitWith(patchConfig));

withWriteOptions(program.command('delete'), { asks: true })
  .description('remove it, after asking: no more product messages')
  .action(exitWith(deleteConfig));

/** `pause`, as the command line describes it. */
export const pause = standing('pause', {
  does: 'Lets OrderCloud hold product updates back.',
  notes: `
While it is paused, OrderCloud collects updates, several of one product as one, and
sends them on resume. Deletes are not held back.`,
  done: 'Paused. Updates wait in OrderCloud; deletes still come. To go on: ordercloud-product-sync resume',
});

/** `resume`, as the command line describes it. */
export const resume = standing('resume', {
  does: 'Lets OrderCloud send product updates again, and those that it has held back.',
  notes: '\nWhat was held back comes as a burst.',
  done: 'Resumed. What was held back is on its way.',
});

function standing(name: 'pause' | 'resume', says: { does: string; notes: string; done: string }): Command {
  const assignment = `Paused=${name === 'pause'}`;
  const notes = `${says.notes} The same as:
  ordercloud-product-sync sync-config patch ${assignment}
${ORDERCLOUD_ENVIRONMENT_HELP}
  The role ProductSyncConfigAdmin is needed.`;
  return withWriteOptions(new Command(name), { asks: false })
    .description(says.does)
    .addHelpText('after', notes)
    .action(async (flags) => {
      process.exitCode = await patchConfig([assignment], { ...flags, done: says.done }, processContext());
    });
}
