import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Account } from '../dead-letters/account.ts';
import { countOf } from '../support/count-of.ts';
import { openJournal } from '../support/journal.ts';
import { startProgress } from '../support/progress.ts';
import { sleep } from '../support/sleep.ts';
import type { Surroundings } from '../support/surroundings.ts';
import { checkAll, type Sides, type Verdict } from './check.ts';
import { sampleIds } from './sample.ts';
import { WalkedPage, walk } from './walk.ts';

/** The options that say what is compared. */
export type CompareFlags = {
  catalog?: string;
  sample?: number;
  /** Seconds before a difference is looked at again. */
  pause: number;
  progress?: string;
  restart?: true;
};

/** Of the caller's folder. */
export const VERIFY_PROGRESS_FILE = '.verify.progress';

/** What an interrupted run has found the same may differ by now: after so long it does not count. */
const MAX_AGE_MS = 6 * 60 * 60 * 1000;

/** What each side had to compare. */
export type Counts = {
  /** Products that were compared. */
  compared: number;
  /** Of these, how many OrderCloud itself has listed. */
  listed: number;
  /** Of these, how many the container itself has listed; tombstones do not count. */
  stored: number;
  /** When the first of them was looked at. */
  startedAt: string;
  /** Whether an interrupted run has looked at some. */
  isResumed: boolean;
};

/** `finish` forgets the progress, once the result is known; `close` lets another run have its file. */
export type Compared = Counts & { verdicts: Verdict[]; finish: () => Promise<void>; close: () => void };

/** A first look at everything, or at a sample, and a second one at what looked different. */
export async function compareSides(
  sides: Sides,
  { flags, at, account }: { flags: CompareFlags; at: Surroundings; account: Account },
): Promise<Compared> {
  const { catalog: catalogId, sample } = flags;
  if (sample !== undefined) {
    const startedAt = new Date().toISOString();
    const { ids, listed, stored } = await sampleIds(sides, { size: sample, catalogId });
    const first = await look(sides, ids, 'Comparing', at);
    const suspects = first.filter(({ kind }) => kind !== 'same').map(({ id }) => id);
    return {
      compared: ids.length,
      listed,
      stored,
      startedAt,
      isResumed: false,
      verdicts: await lookAgain(sides, suspects, flags, at),
      finish: async () => {},
      close: () => {},
    };
  }
  const path = progressPath(flags, at);
  const subject = {
    command: 'verify',
    OrderCloud: sides.api.baseUrl,
    'API client': sides.api.clientId,
    account: account.address,
    container: `${account.settings.cosmos.database}/${account.settings.cosmos.productsContainer}`,
    catalog: catalogId ?? '',
  };
  const journal = await openJournal({
    path,
    entry: WalkedPage,
    subject,
    restart: flags.restart === true,
    maxAgeMs: MAX_AGE_MS,
  });
  const { startedAt, entries, note, close } = journal;
  const isResumed = entries.length > 0;
  if (note !== null) at.stderr.write(`${note}\n`);
  if (isResumed) {
    at.stderr.write(`Going on with the run of ${startedAt}, kept in ${path} (--restart begins anew).\n`);
  }
  try {
    const { compared, stored, suspects } = await walk(sides, { catalogId, journal, stderr: at.stderr });
    const counts = { compared, listed: compared, stored, startedAt, isResumed };
    const verdicts = await lookAgain(sides, suspects, flags, at);
    return { ...counts, verdicts, finish: () => journal.remove(), close };
  } catch (error) {
    close();
    throw error;
  }
}

/** Messages may be under way: what looked different is looked at again after a while, on both sides. */
async function lookAgain(
  sides: Sides,
  suspects: readonly string[],
  { pause }: CompareFlags,
  at: Surroundings,
): Promise<Verdict[]> {
  if (suspects.length === 0) return [];
  at.stderr.write(
    `Different at a first look: ${countOf(suspects.length, 'product')}. Looking again in ${pause} s, since messages may be under way …\n`,
  );
  await sleep(pause * 1000, sides.signal);
  sides.signal.throwIfAborted();
  return look(sides, suspects, 'Looking again', at);
}

async function look(
  sides: Sides,
  ids: readonly string[],
  label: string,
  at: Surroundings,
): Promise<Verdict[]> {
  const progress = startProgress({ label, total: ids.length, stream: at.stderr });
  try {
    return await checkAll(sides, ids, (count) => progress.advance('', count));
  } finally {
    progress.stop();
  }
}

/** What to do after a comparison that did not come to its end. */
export function wayOn(flags: CompareFlags, at: Surroundings): string {
  const path = progressPath(flags, at);
  return flags.sample === undefined && existsSync(path)
    ? `To go on, run the same command again: what was compared is kept in ${path}.`
    : 'Nothing was changed.';
}

function progressPath({ progress }: CompareFlags, at: Surroundings): string {
  return resolve(at.folder, progress ?? VERIFY_PROGRESS_FILE);
}
