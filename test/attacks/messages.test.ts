import { describe, expect, it } from 'vitest';
import { formatTable } from '../../cli/common/text.ts';
import { fromKafkaBatch } from '../../functions/kafka-batch.ts';
import { printable, printableJson, printableLines } from '../../src/printable.ts';
import { prepare } from '../../src/sync/prepare.ts';
import { eventHubDelivery, PRODUCT_UPDATED } from '../support/deliveries.ts';

/** What makes two IDs look alike, hides a part of one, or turns its text around. */
const UNSEEN = {
  'a zero-width space': '\u200b',
  'a zero-width joiner': '\u200d',
  'a soft hyphen': '\u00ad',
  'a word joiner': '\u2060',
  'a left-to-right mark': '\u200e',
  'a right-to-left mark': '\u200f',
  'an Arabic letter mark': '\u061c',
  'a right-to-left override': '\u202e',
  'an isolate': '\u2066',
  'a byte order mark': '\ufeff',
  'a tag': '\u{e0041}',
  'a variation selector': '\ufe0f',
  'a Hangul filler': '\u3164',
  'an escape of the terminal': '\u001b',
  'a command of eight bits': '\u009b',
  'a line separator': '\u2028',
  'half of a character': '\ud800',
};

describe.each(Object.entries(UNSEEN))('%s', (_, character) => {
  const id = `MUG${character}BLUE`;

  it('is an escape in a text, a log line and a table', () => {
    const table = formatTable(['Product'], [[id]]);
    for (const shown of [printable(id), printableJson({ id }), printableLines(id), table]) {
      expect(shown).not.toContain(character);
      expect(shown).toMatch(/MUG(\\u[0-9a-f]{4}){1,2}BLUE/);
    }
  });

  it('is the same again where the JSON is read', () => {
    expect(JSON.parse(printableJson({ id }))).toEqual({ id });
  });
});

it('leaves what people can see as it is', () => {
  const text = 'Café «Zürich» 漢字 العربية שלום 🫖 a\u00a0b';
  expect(printable(text)).toBe(text);
  expect(printableLines(`${text}\n${text}`)).toBe(`${text}\n${text}`);
  expect(printableJson([text], 2)).toBe(JSON.stringify([text], null, 2));
});

it('cuts a long text between characters', () => {
  expect(printable(`${'x'.repeat(299)}🫖`)).toBe(`${'x'.repeat(299)}\ufffd…`);
  expect(printable('xxx', 2)).toBe('xx…');
});

const record = (Timestamp: unknown) => ({
  Topic: 'products',
  Partition: 0,
  Offset: 1,
  Timestamp,
  Key: 'MUG',
  Value: '{"ProductID":"MUG"}',
  Headers: [{ Key: 'type', Value: Buffer.from(PRODUCT_UPDATED).toString('base64') }],
});

it.each([
  ['0', 'the beginning of time', '1970-01-01T00:00:00.000Z'],
  ['none', 'nothing', undefined],
  ['9999', 'the last year', '9999-12-31T23:59:59.999Z'],
  ['10000', 'a year that would not sort', '+010000-01-01T00:00:00.000Z'],
  ['escape', 'a command for a terminal', '\u001b[2J'],
])('no timestamp freezes a product, or holds its partition: %s, %s', (_, __, timestamp) => {
  const [delivery, neighbour] = fromKafkaBatch([record(timestamp), record(new Date().toISOString())]) ?? [];
  if (!delivery || !neighbour) throw new Error('two records make two deliveries');
  const prepared = prepare(delivery, null);
  expect(prepared).toMatchObject({
    kind: 'rejected',
    rejection: { reason: 'invalid-time', productId: 'MUG' },
  });
  expect(prepared.kind === 'rejected' && prepared.rejection.detail).not.toContain('\u001b');
  expect(prepare(neighbour, null)).toMatchObject({ kind: 'change' });
});

it('a clock of ours that is late makes no event of a hub a dead letter', () => {
  const position = { time: '2026-11-22T12:00:00.000Z', receivedAt: '2026-11-22T11:00:00.000Z' };
  expect(prepare(eventHubDelivery({ payload: { ProductID: 'MUG' } }, position), null)).toMatchObject({
    kind: 'change',
  });
});
