import { Command } from 'commander';
import { exitWith } from '../common/context.ts';
import { rate, wholeNumber, withAccountOptions } from '../common/options.ts';
import { ORDERCLOUD_ENVIRONMENT_HELP } from '../ordercloud/settings.ts';
import { UNASKED_LIMIT } from './choose.ts';
import { RESYNC_PROGRESS_FILE } from './progress-file.ts';
import { DEFAULT_TIMEOUT_S, resync } from './run.ts';

/** OrderCloud publishes no limit for this endpoint. */
const DEFAULT_RATE = 2;

const NOTES = `
OrderCloud sends the message of a product when the product changes. This command asks it
to send messages of products as they are now, by the configured delivery.

--all is for the first load, since a new container is empty. It asks for one product after
the other. You can interrupt it: the same command continues where it was. With
--schema-below it asks for the documents below only.
${ORDERCLOUD_ENVIRONMENT_HELP}
With --wait, --dead-letters and --schema-below, the container of COSMOS_* too.
Role needed: ProductSyncConfigAdmin; with --all, ProductReader too, and a client of the seller.

Examples:
  ordercloud-product-sync resync MUG-BLUE --wait
  ordercloud-product-sync resync --dead-letters
  ordercloud-product-sync resync --schema-below 2 --yes
  ordercloud-product-sync resync --all`;

/** `resync`, as the command line describes it. */
export const program = withAccountOptions(new Command('resync'))
  .description('Makes OrderCloud send the messages of products again.')
  .argument('[product-id...]', 'the products')
  .option('--dead-letters', 'every product that has a dead letter')
  .option(
    '--schema-below <n>',
    'every product whose document has an older schemaVersion than this',
    wholeNumber(1, 1_000_000),
  )
  .option('--all', 'every product of the marketplace: the first load')
  .option('--rate <n>', 'products a second', rate, DEFAULT_RATE)
  .option('--wait', 'wait until the new messages are stored, and say how long it took')
  .option(
    '--timeout <seconds>',
    `how long to wait for each (default: ${DEFAULT_TIMEOUT_S})`,
    wholeNumber(1, 86_400),
  )
  .option('--progress <file>', `with --all: where progress is kept (default: ${RESYNC_PROGRESS_FILE})`)
  .option('--restart', 'with --all: begin again, whatever an interrupted run has done')
  .option('--yes', `do not ask, neither before --all nor above ${UNASKED_LIMIT} products`)
  .addHelpText('after', NOTES)
  .action(exitWith(resync));
