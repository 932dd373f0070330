import { isUtf8 } from 'node:buffer';
import { jsonFromBytes } from '../../src/message/json.ts';
import type { KeptDeadLetter } from '../../src/operate/dead-letter-archive.ts';
import { printableLines } from '../../src/printable.ts';
import { bodyOf } from '../../src/store/dead-letter.ts';
import { type AccountFlags, withAccount } from '../common/account.ts';
import { CommandError, usageError } from '../common/command-error.ts';
import { type CommandContext, print } from '../common/context.ts';
import { agoText, durationText, factLines, issueText } from '../common/text.ts';
import { findOne, requireId } from './select.ts';
import { sourceText } from './text.ts';

type ShowFlags = AccountFlags & { body?: true };

/** `dead-letters show ID`: all that is kept of one, its body included. No other command prints a body. */
export async function showDeadLetter(id: string, flags: ShowFlags, context: CommandContext): Promise<number> {
  if (flags.body && flags.json) throw usageError('--body and --json exclude each other.');
  requireId(id);
  return withAccount(context, flags, async ({ archive, address }) => {
    const summary = await findOne(archive, id);
    const kept = summary && (await archive.read(summary.id));
    if (kept === null) throw new CommandError(`There is no dead letter ${id} at ${address}.`);
    const { deadLetter, expiresAt } = kept;
    if (flags.body) writeBody(bodyOf(deadLetter), context);
    else print(context, flags.json ? { ...deadLetter, expiresAt } : textOf(kept, Date.now()));
    return 0;
  });
}

/** Byte for byte. At a terminal only where it is text: a sender could rewrite the screen with anything else. */
function writeBody(body: Buffer, context: CommandContext): void {
  const text = body.toString('utf8').replaceAll('\r\n', '\n').replaceAll('\t', ' ');
  if (context.stdout.isTTY && printableLines(text) !== text) {
    throw usageError(
      'The body holds control characters: send it to a file (--body > FILE), or leave --body out.',
    );
  }
  context.stdout.write(body);
}

function textOf({ deadLetter, expiresAt }: KeptDeadLetter, now: number): string {
  const { kind, text } = bodyText(bodyOf(deadLetter));
  const isCut = deadLetter.truncated ? '; only the first part could be kept' : '';
  const issues = deadLetter.issues.map((issue) => `  ${issueText(issue)}`);
  return [
    `Dead letter ${deadLetter.id}`,
    ...factLines([
      ['Reason', deadLetter.reason],
      ['Detail', deadLetter.detail],
      ['Product', deadLetter.productId ?? 'not known'],
      ['Type', deadLetter.messageType ?? 'not known'],
      ['From', sourceText(deadLetter)],
      ['Time', `${deadLetter.time} (${agoText(deadLetter.time, now)})`],
      ['Received', `${deadLetter.receivedAt} (${agoText(deadLetter.receivedAt, now)})`],
      ['Attempts', String(deadLetter.attempts)],
      ['Expires', `${expiresAt.toISOString()} (in ${durationText(expiresAt.getTime() - now)})`],
      ['Body', `${deadLetter.bodyBytes} bytes, ${kind}${isCut}`],
      ['SHA-256', deadLetter.bodySha256],
    ]),
    ...(issues.length > 0 ? ['', 'Issues:', ...issues] : []),
    '',
    'Body:',
    text,
  ].join('\n');
}

/** Deeper JSON would be more indentation than text. */
const MAX_DEPTH = 100;

// Only ever matched against valid JSON: a string, a bracket or sign, or a number or word.
const JSON_TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/** A body for a person to read, and what it is: JSON is indented, and nothing can move the terminal's cursor. */
export function bodyText(bytes: Buffer): { kind: string; text: string } {
  if (bytes.byteLength === 0) return { kind: 'empty', text: '' };
  const isText = isUtf8(bytes);
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  const isJson = jsonFromBytes(bytes).ok;
  const shown = (isJson ? indentJson(text) : null) ?? text;
  return {
    kind: isJson ? 'JSON' : isText ? 'text, not JSON' : 'not well-formed UTF-8: what cannot be shown is �',
    text: shown.split('\t').map(printableLines).join('\t'),
  };
}

/**
 * Indents valid JSON and leaves its tokens as they are: `JSON.stringify` of the parsed value would change long numbers,
 * repeated keys and escapes, which may be what is wrong. Null when it is nested too deeply.
 */
export function indentJson(text: string): string | null {
  const parts: string[] = [];
  let depth = 0;
  let previous = '';
  for (const [token] of text.matchAll(JSON_TOKENS)) {
    const isFirst = previous === '{' || previous === '[';
    const isClosing = token === '}' || token === ']';
    if (isClosing) depth -= 1;
    if (previous === ',' || isFirst !== isClosing) parts.push(`\n${'  '.repeat(depth)}`);
    parts.push(token === ':' ? ': ' : token);
    if (token === '{' || token === '[') depth += 1;
    if (depth > MAX_DEPTH) return null;
    previous = token;
  }
  return parts.join('');
}
