import pMap from 'p-map';
import type { DeadLetterSummary } from '../../src/operate/dead-letter-archive.ts';
import { type Account, type AccountFlags, withAccount } from '../common/account.ts';
import { usageError } from '../common/command-error.ts';
import { type CommandContext, writeJson } from '../common/context.ts';
import { type FilterFlags, isFiltered, listAll, requireSelection, type Selection, select } from './select.ts';
import { countsText, countText, shortener, summaryTable } from './text.ts';

/** `dead-letters list`: the newest first. */
export async function listDeadLetters(
  flags: FilterFlags & AccountFlags,
  context: CommandContext,
): Promise<number> {
  return withAccount({ context, flags }, async ({ archive, address }) => {
    const deadLetters = await listAll(archive, flags);
    if (flags.json) writeJson(context, deadLetters);
    else if (deadLetters.length === 0)
      context.stdout.write(`No dead letters at ${address}${isFiltered(flags) ? ' match' : ''}.\n`);
    else {
      const shorten = shortener(deadLetters.map(({ id }) => id));
      const reasons = countsText(deadLetters.map(({ reason }) => reason));
      context.stdout.write(
        [
          summaryTable(deadLetters, { columns: context.stdout.columns, now: Date.now() }),
          `${countText(deadLetters.length)} at ${address}: ${reasons}.`,
          `The whole of one: ordercloud-product-sync dead-letters show ${shorten(deadLetters[0]?.id ?? '')}`,
          '',
        ].join('\n'),
      );
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
  if (!flags.yes && context.ask === null) {
    throw usageError('Deleting asks first, and there is no terminal to ask at: pass --yes.');
  }
  return withAccount({ context, flags }, async (account) => {
    const selection = await select(account.archive, ids, flags);
    const answer =
      flags.yes || selection.found.length === 0 ? 'yes' : await askAt(context, account, selection.found);
    const chosen = answer === 'yes' ? selection.found : [];
    const deleted = await remove(account, chosen);
    if (flags.json) writeJson(context, { account: account.address, deleted, notFound: selection.notFound });
    else context.stdout.write(`${resultText(deleted, selection, account.address)}\n`);
    if (answer === 'interrupted') return 130;
    return deleted.length === selection.found.length && selection.notFound.length === 0 ? 0 : 1;
  });
}

async function askAt(context: CommandContext, { address }: Account, found: readonly DeadLetterSummary[]) {
  const shown = found.slice(0, MAX_SHOWN);
  context.stderr.write(`${summaryTable(shown, { columns: context.stderr.columns, now: Date.now() })}\n`);
  if (found.length > MAX_SHOWN) context.stderr.write(`… and ${found.length - MAX_SHOWN} more\n`);
  const question = `Delete ${countText(found.length)} at ${address}? The messages in them are gone then.`;
  return (await context.ask?.(question)) ?? 'no';
}

/** One that is gone already counts as deleted. */
async function remove({ archive }: Account, chosen: readonly DeadLetterSummary[]): Promise<string[]> {
  const removeOne = async ({ id }: DeadLetterSummary) => {
    await archive.remove(id);
    return id;
  };
  return pMap(chosen, removeOne, { concurrency: MAX_AT_A_TIME });
}

function resultText(deleted: readonly string[], { found, notFound }: Selection, address: string): string {
  const lines = notFound.map((id) => `There is no dead letter ${id} at ${address}.`);
  if (found.length === 0) return lines.length > 0 ? lines.join('\n') : `No dead letters at ${address} match.`;
  lines.push(
    deleted.length === 0 ? 'Nothing was deleted.' : `Deleted ${countText(deleted.length)} at ${address}.`,
  );
  return lines.join('\n');
}
