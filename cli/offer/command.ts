import { Command } from 'commander';
import { exitWith } from '../common/context.ts';
import { ACCOUNT_HELP, instant, several, wholeNumber, withAccountOptions } from '../common/options.ts';
import { showOffers, specSelection } from './run.ts';

const NOTES = `
Answers from the stored documents, by the rules of docs/offers.md: what this buyer may
see, which price applies, which break, whether a sale is on, what options add, and why.

Without --currency, the currency is that of the product's default price. The
marketplace is that of ORDERCLOUD_MARKETPLACE_ID, if it is set. The exit code is 0 also for
a product that cannot be ordered.
${ACCOUNT_HELP}

Examples, with the samples on the local stack:
  ordercloud-product-sync offer BEANS-HOUSE-ESPRESSO-1KG --buyer home-brewers --quantity 6
  ordercloud-product-sync offer BEANS-HOUSE-ESPRESSO-1KG --buyer home-brewers --group tasting-club
  ordercloud-product-sync offer PRESS-TRAVEL --buyer home-brewers --at 2025-11-30 --json`;

/** `offer`, as the command line describes it. */
export const program = withAccountOptions(new Command('offer'))
  .description('Shows what a buyer may see of products, what they cost, until when, and why.')
  .argument('<product...>', 'the products, by ID')
  .option('--buyer <id>', 'the buyer organisation')
  .option(
    '--group <id>',
    'a user group of the user; may be repeated',
    several((id) => id),
  )
  .option('--user <id>', 'the user, for price schedules of a single user')
  .option('--currency <code>', "of the user's locale, such as USD")
  .option('--seller <id>', 'the seller asked for')
  .option('--quantity <n>', 'of the line (default: the least that can be bought)', wholeNumber(0, 1e9))
  .option(
    '--spec <id=option>',
    'a selected option, or a text; ID=OPTION=TEXT where an option takes one; may be repeated',
    several(specSelection),
  )
  .option('--at <instant>', 'ISO 8601, in UTC unless it has an offset (default: now)', (text) =>
    instant(text),
  )
  .addHelpText('after', NOTES)
  .action(exitWith(showOffers));
