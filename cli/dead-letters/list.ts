import { type Surroundings, writeJson } from '../support/surroundings.ts';
import { withAccount } from './account.ts';
import { accountOptions, type CommonFlags } from './account-options.ts';
import { countsText, countText, deadLetterTable, shortener } from './format.ts';
import { type FilterFlags, isFiltered, listAll } from './select.ts';

/** `dead-letters list`: the newest first. */
export async function listDeadLetters(flags: FilterFlags & CommonFlags, at: Surroundings): Promise<number> {
  return withAccount(accountOptions(at, flags), async ({ archive, address }) => {
    const deadLetters = await listAll(archive, flags);
    if (flags.json) writeJson(at, deadLetters);
    else if (deadLetters.length === 0)
      at.stdout.write(`No dead letters at ${address}${isFiltered(flags) ? ' match' : ''}.\n`);
    else {
      const shorten = shortener(deadLetters.map(({ id }) => id));
      const reasons = countsText(deadLetters.map(({ reason }) => reason));
      at.stdout.write(
        [
          deadLetterTable(deadLetters, { columns: at.stdout.columns, now: Date.now() }),
          `${countText(deadLetters.length)} at ${address}: ${reasons}.`,
          `The whole of one: npm run dead-letters -- show ${shorten(deadLetters[0]?.id ?? '')}`,
          '',
        ].join('\n'),
      );
    }
    return 0;
  });
}
