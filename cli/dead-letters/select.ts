import type { DeadLetterArchive, DeadLetterSummary } from '../../src/operate/dead-letter-archive.ts';
import type { DeadLetterReason } from '../../src/store/dead-letter.ts';
import { CommandError, usageError } from '../common/command-error.ts';

/** The options that choose dead letters, as commander gives them. */
export type FilterFlags = { reason?: DeadLetterReason; product?: string; since?: string };

/** The dead letters that were meant, in the order of arrival, and the IDs under which there are none. */
export type Selection = { found: DeadLetterSummary[]; notFound: string[] };

/** Shorter ones would soon be ambiguous. */
const MIN_ID_LENGTH = 4;

/** How many dead letters the message about an ambiguous ID names. */
const MAX_CANDIDATES = 3;

/** Whether any of the options is given. */
export function isFiltered({ reason, product, since }: FilterFlags): boolean {
  return [reason, product, since].some((value) => value !== undefined);
}

/** Refuses a wrong selection before the account is read. */
export function requireSelection(ids: readonly string[], flags: FilterFlags): void {
  if (ids.length === 0 && !isFiltered(flags)) {
    throw usageError('Name the dead letters by ID, or choose them by --reason, --product or --since.');
  }
  if (ids.length > 0 && isFiltered(flags))
    throw usageError('Choose dead letters by ID or by filter, not by both.');
  for (const id of ids) requireId(id);
}

/** Refuses what is not the beginning of an ID. */
export function requireId(id: string): void {
  if (/^[0-9a-f]+$/i.test(id) && id.length >= MIN_ID_LENGTH && id.length <= 64) return;
  throw usageError(`An ID has 64 hexadecimal digits, of which the first ${MIN_ID_LENGTH} or more will do.`);
}

/** Finds what was asked for, by IDs (or beginnings of them) or by filter. */
export async function select(
  archive: DeadLetterArchive,
  ids: readonly string[],
  flags: FilterFlags,
): Promise<Selection> {
  const chosen = ids.length === 0 ? await listAll(archive, flags) : [];
  const found = new Map(chosen.map((summary) => [summary.id, summary]));
  const notFound: string[] = [];
  for (const id of ids) {
    const summary = await findOne(archive, id);
    if (summary === null) notFound.push(id);
    else found.set(summary.id, summary);
  }
  const byArrival = [...found.values()].sort((a, b) => a.receivedAt.localeCompare(b.receivedAt));
  return { found: byArrival, notFound };
}

/** All that a filter chooses, the newest first. */
export async function listAll(
  archive: DeadLetterArchive,
  { reason, product: productId, since }: FilterFlags,
): Promise<DeadLetterSummary[]> {
  const all: DeadLetterSummary[] = [];
  for await (const summary of archive.list({ reason, productId, since })) all.push(summary);
  return all;
}

/**
 * The one dead letter whose id begins so; null when there is none.
 * @throws CommandError when there are several
 */
export async function findOne(archive: DeadLetterArchive, id: string): Promise<DeadLetterSummary | null> {
  const candidates = await archive.findByPrefix(id.toLowerCase(), MAX_CANDIDATES + 1);
  if (candidates.length <= 1) return candidates[0] ?? null;
  const shown = candidates.slice(0, MAX_CANDIDATES).map((candidate) => candidate.id.slice(0, id.length + 8));
  const more = candidates.length > MAX_CANDIDATES ? ', …' : '';
  throw new CommandError(`${id} is ambiguous: ${shown.join(', ')}${more}. Use more digits.`);
}
