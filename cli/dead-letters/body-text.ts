import { isUtf8 } from 'node:buffer';
import { jsonFromBytes } from '../../src/message/json.ts';
import { printableLines } from '../../src/printable.ts';

/** Deeper ones would be more indentation than text. */
const MAX_DEPTH = 100;

// Only ever matched against valid JSON: a string, a bracket or sign, or a number or word.
const JSON_TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/** Whether a terminal would obey any of it instead of showing it, or not show it. */
export function bodyHasControls(bytes: Buffer): boolean {
  const text = bytes.toString('utf8').replaceAll('\r\n', '\n').replaceAll('\t', ' ');
  return printableLines(text) !== text;
}

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
 * Indents valid JSON and leaves its tokens as they are: `JSON.stringify` of the parsed value would show long numbers,
 * repeated keys and escapes otherwise than they came, which may be what is wrong. Null when it is nested too deeply.
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
