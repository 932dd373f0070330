import { describe, expect, it } from 'vitest';
import { openDelivery } from '../../../src/message/envelope.ts';
import type { Issue } from '../../../src/message/issue.ts';
import { httpDelivery, PRODUCT_UPDATED } from '../../support/deliveries.ts';
import { issuesOf } from './validation.ts';

const PADDING = 'p'.repeat(100_000);

/** The issues of a large product message with this xp, as JSON text. */
function issuesOfLarge(xp: string): Issue[] {
  const payload = `{"ProductID":"GUJI","Description":"${PADDING}","xp":${xp}}`;
  const body = Buffer.from(`{"Headers":{"type":"${PRODUCT_UPDATED}"},"Payload":${payload}}`);
  const opened = openDelivery(httpDelivery(body));
  if (opened.kind !== 'message') throw new Error(opened.kind);
  return issuesOf(opened.payload);
}

/** An xp so many levels deep; what opens and closes a level may be given. */
const nested = (levels: number, open = '[', close = ']') => open.repeat(levels) + close.repeat(levels);

describe('a large message', () => {
  it('may have an xp of 99 levels, and no more', () => {
    expect(issuesOfLarge(nested(99))).toEqual([]);
    expect(issuesOfLarge(nested(100))).toMatchObject([{ path: 'xp' }]);
  });

  it.each([
    ['closing brackets', '["]]]]",'],
    ['closing braces', '{"}}}}":0,"a":'],
    ['escaped quotes and brackets', '["\\"]]]",'],
    ['backslashes before the quote', '["]]\\\\",'],
  ])('hides no levels behind %s in strings', (_, open) => {
    const close = open.startsWith('[') ? ']' : '}';
    const deep = open.repeat(99) + nested(1) + close.repeat(99);
    expect(issuesOfLarge(deep)).toMatchObject([{ path: 'xp' }]);
    const shallow = open.repeat(90) + nested(1) + close.repeat(90);
    expect(issuesOfLarge(shallow)).toEqual([]);
  });

  it.each([
    '1e999',
    '-1E+400',
    `[${'9'.repeat(299)}e99]`,
    `[${'9'.repeat(310)}]`,
    `{"a":0.1,"b":${'1'.repeat(350)}.5e10}`,
  ])('may not hold %s in an xp', (xp) => {
    expect(issuesOfLarge(xp)).toMatchObject([{ path: 'xp' }]);
  });

  it.each(['1e300', '1e-999', '"1e999"', `0.${'1'.repeat(400)}`, '1.7976931348623157e308'])(
    'may hold %s, whatever it looks like',
    (xp) => {
      expect(issuesOfLarge(xp)).toEqual([]);
    },
  );

  it.each([
    ['199 digits', `[${'1'.repeat(199)}]`],
    ['200 digits in a string', `["${'1'.repeat(200)}"]`],
    ['199 digits and more behind the point', `[${'1'.repeat(199)}.${'1'.repeat(199)}]`],
  ])('may hold a number of %s', (_, xp) => {
    expect(issuesOfLarge(xp)).toEqual([]);
  });
});
