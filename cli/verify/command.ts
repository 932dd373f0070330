import { Command } from 'commander';
import { exitWith } from '../common/context.ts';
import { ACCOUNT_HELP, rate, wholeNumber, withAccountOptions } from '../common/options.ts';
import { ORDERCLOUD_ENVIRONMENT_HELP } from '../ordercloud/settings.ts';
import { verify } from './run.ts';

const NOTES = `
Compares name, active flag and default price of every product. What differs is checked
again on both sides after a pause. Then it is reported as:
  missing     in OrderCloud, not in the container (or deleted there)
  extra       in the container, and OrderCloud says that there is no such product
  differing   in both, with other values
  unstorable  in OrderCloud, under an ID that messages are refused for

--repair makes OrderCloud send what is missing or differs, and waits for it. It marks what
is extra as deleted, after asking you, and after asking OrderCloud once more for the
product; a newer message wins over such a mark. It marks none above --max-deletions, not
even with --yes: to an API client of another marketplace, none of them exists.

--sample takes half of its products from OrderCloud, half from the container.
${ORDERCLOUD_ENVIRONMENT_HELP}
${ACCOUNT_HELP}
For --repair, set TOMBSTONE_RETENTION_DAYS as the app has it.
Roles needed: ProductReader, PriceScheduleReader; for --repair ProductSyncConfigAdmin.
The API client must be the seller's: a supplier's does not see the products of others.

Examples:
  ordercloud-product-sync verify
  ordercloud-product-sync verify --sample 500 --json
  ordercloud-product-sync verify --catalog summer --repair`;

/** `verify`, as the command line describes it. */
export const program = withAccountOptions(new Command('verify'))
  .description("Compares OrderCloud's products with the container, and repairs what differs.")
  .option('--catalog <id>', 'only the products of this catalog')
  .option('--sample <n>', 'only so many products, at random', wholeNumber(2, 100_000))
  .option('--pause <seconds>', 'before what differs is checked again', wholeNumber(0, 3600), 10)
  .option('--repair', 'repair what differs')
  .option('--rate <n>', 'with --repair: products a second', rate, 2)
  .option(
    '--max-deletions <n>',
    'with --repair: mark no products as deleted if there are more (default: 10, or a tenth of those compared here)',
    wholeNumber(0, 100_000_000),
  )
  .option('--yes', 'with --repair: do not ask')
  .addHelpText('after', NOTES)
  .action(exitWith(verify));
