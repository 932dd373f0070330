const NEWLINE = 0x0a;

/** A line of a file: its number from 1, and its bytes without the line end. */
export type Line = { number: number; bytes: Buffer };

/**
 * The lines of a stream of bytes that are not blank. Split at bytes rather than by `node:readline`, which decodes
 * them (a message that is not UTF-8 must arrive as it is) and also splits at U+2028, which JSON allows in strings.
 */
export async function* splitLines(chunks: AsyncIterable<Buffer> | Iterable<Buffer>): AsyncGenerator<Line> {
  let beginning: Buffer[] = [];
  let number = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      const bytes = withoutCarriageReturn(Buffer.concat([...beginning, chunk.subarray(start, end)]));
      number += 1;
      if (!isBlank(bytes)) yield { number, bytes };
      beginning = [];
      start = end + 1;
    }
    if (start < chunk.length) beginning.push(chunk.subarray(start));
  }
  const last = withoutCarriageReturn(Buffer.concat(beginning));
  if (!isBlank(last)) yield { number: number + 1, bytes: last };
}

function withoutCarriageReturn(line: Buffer): Buffer {
  return line.at(-1) === 0x0d ? line.subarray(0, -1) : line;
}

function isBlank(line: Buffer): boolean {
  return line.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}

/**
 * The elements of a JSON array as they are written. `JSON.stringify` of the parsed ones would change what is sent:
 * `1e400` to `null`, long numbers, repeated keys. `text` must be a valid JSON array.
 */
export function splitArray(text: string): string[] {
  const elements: string[] = [];
  let depth = 0;
  let start = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (inString) {
      if (character === '\\') at += 1;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '[' || character === '{') {
      depth += 1;
      if (depth === 1) start = at + 1;
    } else if (depth === 1 && (character === ',' || character === ']')) {
      elements.push(text.slice(start, at).trim());
      start = at + 1;
    } else if (character === ']' || character === '}') depth -= 1;
  }
  return elements.filter((element) => element !== ''); // `[]` has one empty slice.
}
