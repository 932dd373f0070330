import { changeLines, shownChanges } from '../connect/describe.ts';
import type { OrderCloudApi } from '../ordercloud/api.ts';
import { type Change, changesBetween, type Model } from '../ordercloud/model.ts';
import { OrderCloudError } from '../ordercloud/ordercloud-error.ts';
import type { OrderCloudSurroundings } from '../ordercloud/surroundings.ts';
import { readProductSync } from '../ordercloud/sync-state.ts';
import { CommandError } from '../support/command-error.ts';
import { isAbort } from '../support/is-abort.ts';
import { misuse, writeJson } from '../support/surroundings.ts';

export type WriteFlags = { yes?: true; json?: true };

type Writing = {
  api: OrderCloudApi;
  at: OrderCloudSurroundings;
  flags: WriteFlags;
  /** As read before; null where there is none. */
  present: Model | null;
  changes: readonly Change[];
  /** Null does not ask. */
  question: string | null;
  notes?: readonly string[];
  write: (signal: AbortSignal) => Promise<unknown>;
  done: string;
};

/** Nobody is asked where nobody is. */
export function requireAsking(flags: WriteFlags, at: OrderCloudSurroundings, command: string): void {
  if (flags.yes || at.ask !== null) return;
  throw misuse(`${command} asks first, and there is no terminal to ask at: pass --yes.`);
}

/** Shows what changes, asks, looks whether it is still as it was shown, and writes. Resolves to the exit code. */
export async function writeConfig(writing: Writing): Promise<number> {
  const { api, at, flags, present, changes, question, notes = [], done } = writing;
  if (changes.length === 0) return report(writing, false, 'Nothing is to be changed: it is so already.');
  if (!flags.json || (question !== null && !flags.yes)) {
    const lines = [...changeLines(changes), ...notes.map((note) => `  ! ${note}`), ''];
    (flags.json ? at.stderr : at.stdout).write(lines.join('\n'));
  }
  const answer = question === null || flags.yes ? 'yes' : ((await at.ask?.(question)) ?? 'no');
  if (answer !== 'yes') {
    at.stderr.write('Nothing was changed.\n');
    return answer === 'interrupted' ? 130 : 1;
  }
  const signal = at.interrupt();
  const found = await readProductSync(api, { signal }).catch((error: unknown) => {
    throw isAbort(error) ? new CommandError('Interrupted. Nothing was changed.', { exitCode: 130 }) : error;
  });
  const meanwhile = changesBetween(present, found);
  if (meanwhile.length > 0) {
    throw new CommandError(
      `Somebody else has changed it in the meantime; nothing was written. Run the command again.\n${changeLines(meanwhile).join('\n')}`,
    );
  }
  await writing.write(signal).catch((error: unknown) => {
    throw withConsequence(error);
  });
  return report(writing, true, done);
}

function withConsequence(error: unknown): unknown {
  const unknownState =
    'It is not known whether it was carried out: ordercloud-product-sync sync-config get shows what is there.';
  if (isAbort(error))
    return new CommandError(`Interrupted. ${unknownState}`, { exitCode: 130, cause: error });
  if (!(error instanceof OrderCloudError)) return error;
  const isUnknown = error.status === null || error.status >= 500;
  return new CommandError(`${error.message} ${isUnknown ? unknownState : 'Nothing was changed.'}`, {
    cause: error,
  });
}

function report({ api, at, flags, changes, notes = [] }: Writing, written: boolean, text: string): number {
  if (flags.json) writeJson(at, { api: api.baseUrl, written, changes: shownChanges(changes), notes });
  else at.stdout.write(`${text}\n`);
  return 0;
}
