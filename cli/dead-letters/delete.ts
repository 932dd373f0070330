import pMap from 'p-map';
import type { DeadLetterSummary } from '../../src/store/dead-letter-archive.ts';
import { misuse, type Surroundings, writeJson } from '../support/surroundings.ts';
import { type Account, withAccount } from './account.ts';
import { accountOptions, type CommonFlags } from './account-options.ts';
import { countText, deadLetterTable } from './format.ts';
import { type FilterFlags, requireSelection, type Selection, select } from './select.ts';

type DeleteFlags = FilterFlags & CommonFlags & { yes?: true };

/** How many are shown before the question. */
const MAX_SHOWN = 20;

const MAX_AT_A_TIME = 16;

/** `dead-letters delete`: removes them for good, after asking. */
export async function deleteDeadLetters(
  ids: readonly string[],
  flags: DeleteFlags,
  at: Surroundings,
): Promise<number> {
  requireSelection(ids, flags);
  if (!flags.yes && at.ask === null) {
    throw misuse('Deleting asks first, and there is no terminal to ask at: pass --yes.');
  }
  return withAccount(accountOptions(at, flags), async (account) => {
    const selection = await select(account.archive, ids, flags);
    const answer =
      flags.yes || selection.found.length === 0 ? 'yes' : await askAt(at, account, selection.found);
    const chosen = answer === 'yes' ? selection.found : [];
    const deleted = await remove(account, chosen);
    if (flags.json) writeJson(at, { account: account.address, deleted, notFound: selection.notFound });
    else at.stdout.write(`${resultText(deleted, selection, account.address)}\n`);
    if (answer === 'interrupted') return 130;
    return deleted.length === selection.found.length && selection.notFound.length === 0 ? 0 : 1;
  });
}

async function askAt(at: Surroundings, { address }: Account, found: readonly DeadLetterSummary[]) {
  const shown = found.slice(0, MAX_SHOWN);
  at.stderr.write(`${deadLetterTable(shown, { columns: at.stderr.columns, now: Date.now() })}\n`);
  if (found.length > MAX_SHOWN) at.stderr.write(`… and ${found.length - MAX_SHOWN} more\n`);
  const question = `Delete ${countText(found.length)} at ${address}? The messages in them are gone then.`;
  return (await at.ask?.(question)) ?? 'no';
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
