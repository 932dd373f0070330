import type { Log } from '../../src/log.ts';
import type { DeadLetterSummary } from '../../src/operate/dead-letter-archive.ts';
import { replayDeadLetters } from '../../src/operate/replay-dead-letter.ts';
import type { RetryPolicy } from '../../src/sync/retry.ts';
import { type Account, type AccountFlags, withAccount } from '../common/account.ts';
import { type CommandContext, writeJson } from '../common/context.ts';
import { startProgress } from '../common/progress.ts';
import { type FilterFlags, requireSelection, type Selection, select } from './select.ts';
import { type ReplayedDeadLetter, replayReport, replayText } from './text.ts';

type ReplayFlags = FilterFlags & AccountFlags & { allowOld?: true };

/** A person is waiting: longer than for a webhook, shorter than for a batch that nobody looks at. */
const RETRY: RetryPolicy = { budgetMs: 15_000, firstDelayMs: 100, maxDelayMs: 2_000 };

/** Their bodies are in memory together; each can have 2 MB or, compressed, more. */
const CHUNK_SIZE = 16;

/** `dead-letters replay`: sends them through the core again, the oldest first, and tells what became of each. */
export async function replayDeadLettersCommand(
  ids: readonly string[],
  flags: ReplayFlags,
  context: CommandContext,
): Promise<number> {
  requireSelection(ids, flags);
  return withAccount({ context, flags }, async (account) => {
    const selection = await select(account.archive, ids, flags);
    const signal = context.interrupt();
    const results = await replayAll(account, selection, {
      allowOld: flags.allowOld === true,
      signal,
      context,
    });
    const report = replayReport(results, selection);
    if (flags.json) writeJson(context, { account: account.address, ...report });
    else {
      const { tombstoneRetentionDays } = account.settings;
      const about = { address: account.address, columns: context.stdout.columns, tombstoneRetentionDays };
      context.stdout.write(`${replayText(results, selection, about)}\n`);
    }
    if (signal.aborted && results.length < selection.found.length) return 130;
    return report.notProcessed === 0 && report.notFound.length === 0 ? 0 : 1;
  });
}

type Run = { allowOld: boolean; signal: AbortSignal; context: CommandContext };

/** Chunk by chunk, until all are done, the account cannot be used, or Ctrl-C. */
async function replayAll(
  account: Account,
  { found }: Selection,
  { allowOld, signal, context }: Run,
): Promise<ReplayedDeadLetter[]> {
  const progress = startProgress({ label: 'Replaying', total: found.length, stream: context.stderr });
  const results: ReplayedDeadLetter[] = [];
  try {
    for (let start = 0; start < found.length && !signal.aborted; start += CHUNK_SIZE) {
      const chunk = await replayChunk(account, found.slice(start, start + CHUNK_SIZE), { allowOld, context });
      results.push(...chunk);
      for (const _ of chunk) progress.advance();
      if (chunk.some(({ replayed }) => replayed.kind === 'unsettled')) break;
    }
    return results;
  } finally {
    progress.stop();
  }
}

async function replayChunk(
  { archive, products, settings }: Account,
  summaries: readonly DeadLetterSummary[],
  { allowOld, context }: Omit<Run, 'signal'>,
): Promise<ReplayedDeadLetter[]> {
  const read = await Promise.all(summaries.map(({ id }) => archive.read(id)));
  const kept = read.filter((one) => one !== null);
  const parts = { archive, products, settings, policy: RETRY, log: warningsTo(context) };
  const replayed = await replayDeadLetters(parts, kept, { allowOld });
  const byId = new Map(kept.map(({ deadLetter }, index) => [deadLetter.id, replayed[index]]));
  return summaries.map((summary) => ({ summary, replayed: byId.get(summary.id) ?? GONE }));
}

const GONE: { kind: 'gone' } = { kind: 'gone' };

/** What becomes of each message is in the report; what else the core warns of is for the person to see. */
function warningsTo(context: CommandContext): Log {
  return (level, event, fields) => {
    if (event === 'message' || (level !== 'warn' && level !== 'error')) return;
    context.stderr.write(`${event} ${JSON.stringify(fields)}\n`);
  };
}
