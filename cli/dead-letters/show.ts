import { printable } from '../../src/printable.ts';
import { bodyOf } from '../../src/store/dead-letter.ts';
import type { KeptDeadLetter } from '../../src/store/dead-letter-archive.ts';
import { CommandError } from '../support/command-error.ts';
import { misuse, type Surroundings, writeJson } from '../support/surroundings.ts';
import { withAccount } from './account.ts';
import { accountOptions, type CommonFlags } from './account-options.ts';
import { bodyHasControls, bodyText } from './body-text.ts';
import { issueText, sourceText } from './format.ts';
import { findOne, requireId } from './select.ts';
import { durationText } from './since.ts';

type ShowFlags = CommonFlags & { body?: true };

/** `dead-letters show ID`: all that is kept of one, its body included. No other command prints a body. */
export async function showDeadLetter(id: string, flags: ShowFlags, at: Surroundings): Promise<number> {
  if (flags.body && flags.json) throw misuse('--body and --json exclude each other.');
  requireId(id);
  return withAccount(accountOptions(at, flags), async ({ archive, address }) => {
    const summary = await findOne(archive, id);
    const kept = summary && (await archive.read(summary.id));
    if (kept === null) throw new CommandError(`There is no dead letter ${id} at ${address}.`);
    if (flags.body) writeBody(bodyOf(kept.deadLetter), at);
    else if (flags.json) writeJson(at, { ...kept.deadLetter, expiresAt: kept.expiresAt.toISOString() });
    else at.stdout.write(`${textOf(kept, Date.now())}\n`);
    return 0;
  });
}

/** Byte for byte. At a terminal only where it is text: a sender could rewrite the screen with anything else. */
function writeBody(body: Buffer, at: Surroundings): void {
  if (at.stdout.isTTY && bodyHasControls(body)) {
    throw misuse(
      'The body holds control characters: send it to a file (--body > FILE), or leave --body out.',
    );
  }
  at.stdout.write(body);
}

function textOf({ deadLetter, expiresAt }: KeptDeadLetter, now: number): string {
  const { kind, text } = bodyText(bodyOf(deadLetter));
  const ago = (time: string) => `${time} (${durationText(now - Date.parse(time))} ago)`;
  const fields = {
    Reason: deadLetter.reason,
    Detail: printable(deadLetter.detail),
    Product: printable(deadLetter.productId ?? 'not known'),
    Type: printable(deadLetter.messageType ?? 'not known'),
    From: sourceText(deadLetter),
    Time: ago(deadLetter.time),
    Received: ago(deadLetter.receivedAt),
    Attempts: deadLetter.attempts,
    Expires: `${expiresAt.toISOString()} (in ${durationText(expiresAt.getTime() - now)})`,
    Body: `${deadLetter.bodyBytes} bytes, ${kind}${deadLetter.truncated ? '; only the first part could be kept' : ''}`,
    'SHA-256': deadLetter.bodySha256,
  };
  return [
    `Dead letter ${deadLetter.id}`,
    ...Object.entries(fields).map(([name, value]) => `  ${name.padEnd(9)} ${value}`),
    ...(deadLetter.issues.length > 0
      ? ['', 'Issues:', ...deadLetter.issues.map((issue) => `  ${issueText(issue)}`)]
      : []),
    '',
    'Body:',
    text,
  ].join('\n');
}
