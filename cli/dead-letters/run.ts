import pMap from 'p-map';
import type { DeadLetterSummary } from '../../src/operate/dead-letter-archive.ts';
import { type AccountFlags, withAccount } from '../common/account.ts';
import { askFirst, type CommandContext, print, requireTerminal } from '../common/context.ts';
import { countOf } from '../common/text.ts';
import { type FilterFlags, isFiltered, listAll, requireSelection, select } from './select.ts';
import { countsText, notFoundLines, shortId, summaryTable } from './text.ts';

/** `dead-letters list`: the newest first. */
export async function listDeadLetters(
  flags: FilterFlags & AccountFlags,
  context: CommandContext,
): Promise<number> {
  return withAccount(context, flags, async ({ archive, address }) => {
    const deadLetters = await listAll(archive, flags);
    const [newest] = deadLetters;
    if (flags.json) print(context, deadLetters);
    else if (newest === undefined)
      print(context, `No dead letters at ${address}${isFiltered(flags) ? ' match' : ''}.`);
    else {
      const reasons = countsText(deadLetters.map(({ reason }) => reason));
      const lines = [
        summaryTable(deadLetters, { columns: context.stdout.columns, now: Date.now() }),
        `${countOf(deadLetters.length, 'dead letter')} at ${address}: ${reasons}.`,
        `The whole of one: ordercloud-product-sync dead-letters show ${shortId(newest)}`,
      ];
      print(context, lines.join('\n'));
    }
    return 0;
  });
}

type DeleteFlags = FilterFlags & AccountFlags & { yes?: true };

/** How many are shown before the question. */
const MAX_SHOWN = 20;

const MAX_AT_A_TIME = 16;

/** `dead-letters delete`: removes them for good, after asking. */
export async function deleteDeadLetters(
  ids: readonly string[],
  flags: DeleteFlags,
  context: CommandContext,
): Promise<number> {
  requireSelection(ids, flags);
  requireTerminal(context, flags, 'delete asks first');
  return withAccount(context, flags, async ({ archive, address }) => {
    const selection = await select(archive, ids, flags);
    const { found, notFound } = selection;
    const count = countOf(found.length, 'dead letter');
    if (!flags.yes && found.length > 0) {
      showSome(found, context);
      const question = `Delete ${count} at ${address}? The messages in them are gone then.`;
      if (!(await askFirst(context, question, 'Nothing was deleted.'))) return 1;
    }
    // One that is gone already counts as deleted.
    const deleted = found.map(({ id }) => id);
    await pMap(deleted, (id) => archive.remove(id), { concurrency: MAX_AT_A_TIME });
    const lines = notFoundLines(selection, address);
    if (found.length > 0) lines.push(`Deleted ${count} at ${address}.`);
    print(context, flags.json ? { account: address, deleted, notFound } : lines.join('\n'));
    return notFound.length === 0 ? 0 : 1;
  });
}

function showSome(found: readonly DeadLetterSummary[], { stderr }: CommandContext): void {
  stderr.write(`${summaryTable(found.slice(0, MAX_SHOWN), { columns: stderr.columns, now: Date.now() })}\n`);
  if (found.length > MAX_SHOWN) stderr.write(`… and ${found.length - MAX_SHOWN} more\n`);
}
