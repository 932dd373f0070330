import { createHash } from 'node:crypto';
import type { ProductContent } from './document.ts';

/**
 * SHA-256, in hex, over every value of a content with its kind and place: equal exactly when two contents are equal.
 * (Hashing its JSON would promise the same; writing that JSON alone takes twice as long as all of this.)
 */
export function contentHashOf(content: ProductContent): string {
  const text: string[] = [];
  length = 0;
  write(content, text, false);
  const strings = text.join('');
  // UTF-8 cannot tell one lone surrogate from another; those that JSON's \u escapes can smuggle in are written in UTF-16.
  const encoding = strings.isWellFormed() ? 'utf8' : 'utf16le';
  return createHash('sha256')
    .update(new Uint8Array(tokens.buffer, 0, length * Float64Array.BYTES_PER_ELEMENT))
    .update(encoding)
    .update(strings, encoding)
    .digest('hex');
}

/** The kinds of JSON values, and the end of an object. */
const KIND = { null: 0, false: 1, true: 2, number: 3, string: 4, array: 5, object: 6, end: 7 } as const;

// Written anew by each call; kept, and grown, so that a call allocates nothing of its size.
let tokens = new Float64Array(4_096);
let length = 0;

/**
 * Writes a value down so that it could be read back: its kind, then a number's value, a string's length or an array's.
 * All strings follow one another in a text of their own. Keys are written only inside `xp`, where they are free:
 * elsewhere each place has its key by the document's definition.
 */
function write(value: unknown, text: string[], withKeys: boolean): void {
  if (length + 4 > tokens.length) grow();
  if (typeof value === 'string') {
    tokens[length++] = KIND.string;
    tokens[length++] = value.length;
    text.push(value);
  } else if (typeof value === 'number') {
    tokens[length++] = KIND.number;
    // Adding 0 makes 0 of -0: JSON does not tell them apart.
    tokens[length++] = value + 0;
  } else if (typeof value === 'boolean') {
    tokens[length++] = value ? KIND.true : KIND.false;
  } else if (Array.isArray(value)) {
    tokens[length++] = KIND.array;
    tokens[length++] = value.length;
    for (const item of value) write(item, text, withKeys);
  } else if (typeof value === 'object' && value !== null) {
    writeObject(value as Record<string, unknown>, text, withKeys);
  } else {
    tokens[length++] = KIND.null;
  }
}

function writeObject(object: Record<string, unknown>, text: string[], withKeys: boolean): void {
  tokens[length++] = KIND.object;
  for (const key in object) {
    if (withKeys) write(key, text, false);
    write(object[key], text, withKeys || key === 'xp');
  }
  if (length + 1 > tokens.length) grow();
  tokens[length++] = KIND.end;
}

function grow(): void {
  const larger = new Float64Array(tokens.length * 2);
  larger.set(tokens);
  tokens = larger;
}
