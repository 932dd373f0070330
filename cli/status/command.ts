import { Command } from 'commander';
import { exitWith } from '../common/context.ts';
import { withAccountOptions } from '../common/options.ts';
import { ORDERCLOUD_ENVIRONMENT_HELP } from '../ordercloud/settings.ts';
import { status } from './run.ts';

const NOTES = `
Shows what OrderCloud sends, and where to; what the app is set to receive; what is in the
container; and whether these match. If one side cannot be reached, the others are shown.

The app's settings are read from the environment or local.settings.json of this machine:
set them as the deployed app has them. OrderCloud shows no secrets. Only a message can
show that both sides have the same one: ordercloud-product-sync resync PRODUCT_ID --wait
${ORDERCLOUD_ENVIRONMENT_HELP}
  FUNCTIONS_HEALTH_KEY      key for the app's health: of the function health; or
  FUNCTIONS_KEY             one of the whole app
Roles needed: ProductSyncConfigAdmin, DeliveryConfigAdmin.

Examples:
  ordercloud-product-sync status
  ordercloud-product-sync status --url https://NAME.azurewebsites.net --json`;

/** `status`, as the command line describes it. */
export const program = withAccountOptions(new Command('status'))
  .description('Shows whether OrderCloud and the app are set up, match, and keep up.')
  .option('--url <url>', "the app's address, for its health (default: that of OrderCloud's webhook)")
  .addHelpText('after', NOTES)
  .action(exitWith(status));
