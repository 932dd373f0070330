import { Command } from 'commander';
import { exitWith } from '../common/context.ts';
import { ACCOUNT_HELP, wholeNumber, withAccountOptions } from '../common/options.ts';
import { showProduct, showProductList } from './run.ts';

const NOTES = `${ACCOUNT_HELP}

Examples:
  ordercloud-product-sync products list --category brewers
  ordercloud-product-sync products show AEROPRESS-GO
  ordercloud-product-sync products show AEROPRESS-GO --json`;

const DEFAULT_LIMIT = 100;

/** `products`, as the command line describes it. */
export const program = new Command('products')
  .description('Shows the stored products as people want to look at them.')
  .addHelpText('after', NOTES);

subcommand('list', 'list them by ID')
  .option('--category <id>', 'only the products of this category')
  .option('--limit <n>', 'how many to list', wholeNumber(1, 1_000_000), DEFAULT_LIMIT)
  .option('--deleted', 'deleted ones, too, as long as their mark is there')
  .action(exitWith(showProductList));

subcommand('show', 'show one: prices, specs, warnings, and the message it is from')
  .argument('<id>', 'the product')
  .action(exitWith(showProduct));

function subcommand(name: string, description: string): Command {
  return withAccountOptions(program.command(name).description(description));
}
