import type { DeadLetterSummary } from '../../src/operate/dead-letter-archive.ts';
import { replayDeadLetters } from '../../src/operate/replay-dead-letter.ts';
import { type Account, type AccountFlags, RETRY, withAccount } from '../common/account.ts';
import { type CommandContext, print } from '../common/context.ts';
import { startProgress } from '../common/progress.ts';
import { type FilterFlags, requireSelection, select } from './select.ts';
import { type ReplayedDeadLetter, replayReport, replayText } from './text.ts';

type ReplayFlags = FilterFlags & AccountFlags & { allowOld?: true };

/** Their bodies are in memory together; each can have 2 MB or, compressed, more. */
const CHUNK_SIZE = 16;

/** `dead-letters replay`: sends them through the core again, the oldest first, and tells what became of each. */
export async function replayDeadLettersCommand(
  ids: readonly string[],
  flags: ReplayFlags,
  context: CommandContext,
): Promise<number> {
  requireSelection(ids, flags);
  return withAccount(context, flags, async (account) => {
    const { archive, address } = account;
    const selection = await select(archive, ids, flags);
    const { found, notFound } = selection;
    const signal = context.interrupt();
    const progress = startProgress({ label: 'Replaying', total: found.length, stream: context.stderr });
    const results: ReplayedDeadLetter[] = [];
    let isUsable = true;
    try {
      while (isUsable && results.length < found.length && !signal.aborted) {
        const next = found.slice(results.length, results.length + CHUNK_SIZE);
        const chunk = await replayChunk(account, next, flags);
        results.push(...chunk);
        progress.advance('', chunk.length);
        isUsable = chunk.every(({ replayed }) => replayed.kind !== 'unsettled');
      }
    } finally {
      progress.stop();
    }
    const report = replayReport(results, selection);
    const about = { address, columns: context.stdout.columns };
    print(context, flags.json ? { account: address, ...report } : replayText(results, selection, about));
    if (signal.aborted && results.length < found.length) return 130;
    return report.notProcessed === 0 && notFound.length === 0 ? 0 : 1;
  });
}

async function replayChunk(
  { archive, products, settings }: Account,
  chunk: readonly DeadLetterSummary[],
  { allowOld }: ReplayFlags,
): Promise<ReplayedDeadLetter[]> {
  const read = await Promise.all(chunk.map(({ id }) => archive.read(id)));
  const kept = read.filter((one) => one !== null);
  // What becomes of each message is in the report.
  const log = () => {};
  const parts = { archive, products, settings, policy: RETRY, log, allowOld: allowOld === true };
  const replayed = await replayDeadLetters(parts, kept);
  const byId = new Map(kept.map(({ deadLetter }, index) => [deadLetter.id, replayed[index]]));
  return chunk.map((summary) => ({ summary, replayed: byId.get(summary.id) ?? { kind: 'gone' } }));
}
