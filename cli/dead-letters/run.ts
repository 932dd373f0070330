import pMap from 'p-map';
import type { DeadLetterSummary } from '../../src/operate/dead-letter-archive.ts';
import { type AccountFlags, withAccount } from '../common/account.ts';
import { usageError } from '../common/command-error.ts';
import { type CommandContext, writeJson } from '../common/context.ts';
import { countOf } from '../common/text.ts';
import { type FilterFlags, isFiltered, listAll, requireSelection, select } from './select.ts';
import { countsText, notFoundLines, shortId, summaryTable } from './text.ts';

/** `dead-letters list`: the newest first. */
export async function listDeadLetters(
  flags: FilterFlags & AccountFlags,
  context: CommandContext,
): Promise<number> {
  return withAccount({ context, flags }, async ({ archive, address }) => {
    const deadLetters = await listAll(archive, flags);
    const [newest] = deadLetters;
    if (flags.json) writeJson(context, deadLetters);
    else if (newest === undefined)
      context.stdout.write(`No dead letters at ${address}${isFiltered(flags) ? ' match' : ''}.\n`);
    else {
      const reasons = countsText(deadLetters.map(({ reason }) => reason));
      const lines = [
        summaryTable(deadLetters, { columns: context.stdout.columns, now: Date.now() }),
        `${countOf(deadLetters.length, 'dead letter')} at ${address}: ${reasons}.`,
        `The whole of one: ordercloud-product-sync dead-letters show ${shortId(newest)}`,
      ];
      context.stdout.write(`${lines.join('\n')}\n`);
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
  const { ask } = context;
  if (!flags.yes && ask === null) {
    throw usageError('Deleting asks first, and there is no terminal to ask at: pass --yes.');
  }
  return withAccount({ context, flags }, async ({ archive, address }) => {
    const selection = await select(archive, ids, flags);
    const { found, notFound } = selection;
    const isAsked = !flags.yes && found.length > 0;
    const answer = isAsked ? await ask?.(questionAbout(found, address, context)) : 'yes';
    // One that is gone already counts as deleted.
    const deleted = answer === 'yes' ? found.map(({ id }) => id) : [];
    await pMap(deleted, (id) => archive.remove(id), { concurrency: MAX_AT_A_TIME });
    if (flags.json) writeJson(context, { account: address, deleted, notFound });
    else {
      const lines = notFoundLines(selection, address);
      if (found.length > 0) lines.push(deletedText(deleted.length, address));
      context.stdout.write(`${lines.join('\n')}\n`);
    }
    if (answer === 'interrupted') return 130;
    return deleted.length === found.length && notFound.length === 0 ? 0 : 1;
  });
}

function deletedText(count: number, address: string): string {
  return count === 0 ? 'Nothing was deleted.' : `Deleted ${countOf(count, 'dead letter')} at ${address}.`;
}

/** Shows what the question is about, and asks it. */
function questionAbout(
  found: readonly DeadLetterSummary[],
  address: string,
  { stderr }: CommandContext,
): string {
  stderr.write(`${summaryTable(found.slice(0, MAX_SHOWN), { columns: stderr.columns, now: Date.now() })}\n`);
  if (found.length > MAX_SHOWN) stderr.write(`… and ${found.length - MAX_SHOWN} more\n`);
  return `Delete ${countOf(found.length, 'dead letter')} at ${address}? The messages in them are gone then.`;
}
