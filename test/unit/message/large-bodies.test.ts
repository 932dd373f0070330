import { describe, expect, it } from 'vitest';
import { openDelivery } from '../../../src/message/envelope.ts';
import { jsonFromText } from '../../../src/message/json.ts';
import { parseMessage } from '../../../src/message/parse-message.ts';
import { httpDelivery, PRODUCT_UPDATED } from '../../support/deliveries.ts';

// The text of a large body is looked at in place of a walk through its objects. It must come to the same.

const PADDING = 'p'.repeat(100_000);

/** The issues of a large product message with this xp, as JSON text, and whether its text alone told that it is fine. */
function largeMessage(xp: string) {
  const payload = `{"ProductID":"GUJI","Description":"${PADDING}","xp":${xp}}`;
  const body = Buffer.from(`{"Headers":{"type":"${PRODUCT_UPDATED}"},"Payload":${payload}}`);
  const opened = openDelivery(httpDelivery(body));
  if (opened.kind !== 'message') throw new Error(opened.kind);
  const parsed = parseMessage(opened.messageType, opened.payload, opened.isTame);
  return { issues: parsed.ok ? [] : parsed.issues, isTame: opened.isTame };
}

/** An xp so many levels deep; what opens and closes a level may be given. */
const nested = (levels: number, open = '[', close = ']') => open.repeat(levels) + close.repeat(levels);

describe('a large message', () => {
  it('is not walked through where its text shows that nothing is wrong', () => {
    expect(largeMessage('{"a":[1,2.5e3,"]]}}\\"[[["]}')).toEqual({ issues: [], isTame: true });
  });

  it('may be 100 levels deep, and no deeper', () => {
    expect(largeMessage(nested(99)).issues).toEqual([]);
    expect(largeMessage(nested(100)).issues).toMatchObject([{ path: '' }]);
  });

  it.each([
    ['closing brackets', '["]]]]",'],
    ['closing braces', '{"}}}}":0,"a":'],
    ['escaped quotes and brackets', '["\\"]]]",'],
    ['backslashes before the quote', '["]]\\\\",'],
  ])('hides no levels behind %s in strings', (_, open) => {
    const close = open.startsWith('[') ? ']' : '}';
    const deep = open.repeat(99) + nested(1) + close.repeat(99);
    expect(largeMessage(deep)).toMatchObject({ isTame: false, issues: [{ path: '' }] });
    const shallow = open.repeat(90) + nested(1) + close.repeat(90);
    expect(largeMessage(shallow)).toEqual({ isTame: true, issues: [] });
  });

  it.each([
    '1e999',
    '-1E+400',
    `[${'9'.repeat(299)}e99]`,
    `[${'9'.repeat(310)}]`,
    `{"a":0.1,"b":${'1'.repeat(350)}.5e10}`,
  ])('may not hold %s in an xp', (xp) => {
    expect(largeMessage(xp)).toMatchObject({ isTame: false, issues: [{ path: 'xp' }] });
  });

  it.each(['1e300', '1e-999', '"1e999"', `0.${'1'.repeat(400)}`, '1.7976931348623157e308'])(
    'may hold %s, whatever it looks like',
    (xp) => {
      expect(largeMessage(xp).issues).toEqual([]);
    },
  );

  it.each([
    ['199 digits', `[${'1'.repeat(199)}]`],
    ['200 digits in a string', `["${'1'.repeat(200)}"]`],
    ['199 digits and more behind the point', `[${'1'.repeat(199)}.${'1'.repeat(199)}]`],
  ])('may hold a number of %s', (_, xp) => {
    expect(largeMessage(xp).issues).toEqual([]);
  });

  it('of many long runs of digits is not much longer looked at than one of letters', () => {
    const textOf = (letter: string) => JSON.stringify(Array(5_000).fill(letter.repeat(199)));
    const [digits, letters] = [textOf('1'), textOf('a')];
    const timeOf = (text: string) => {
      const start = performance.now();
      expect(jsonFromText(text, 'The text')).toMatchObject({ isTame: true });
      return performance.now() - start;
    };
    // In turns, so that other work on the machine meets both.
    const times = Array.from({ length: 5 }, () => [timeOf(letters), timeOf(digits)] as const);
    const quickest = (of: 0 | 1) => Math.min(...times.map((pair) => pair[of]));
    // Some 3 times as long; looked at from every digit it was 80 times.
    expect(quickest(1)).toBeLessThan(15 * quickest(0));
  });
});
