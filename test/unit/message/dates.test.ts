import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { MINIMAL } from './guji.ts';
import { issuesOf, productFrom } from './validation.ts';

const payloadWith = (instant: string) => ({ ...MINIMAL, Inventory: { LastUpdated: instant } });
const instantFrom = (text: string) => productFrom(payloadWith(text)).Inventory?.LastUpdated;

describe('a date is stored in UTC with milliseconds', () => {
  it.each([
    ['as stored', '2026-11-22T09:30:15.250Z', '2026-11-22T09:30:15.250Z'],
    ['without fraction', '2026-11-22T09:30:15Z', '2026-11-22T09:30:15.000Z'],
    ['without seconds', '2026-11-22T09:30Z', '2026-11-22T09:30:00.000Z'],
    ['without seconds, ahead of UTC', '2026-11-22T09:30+01:00', '2026-11-22T08:30:00.000Z'],
    ['without seconds, behind UTC', '2026-11-22T09:30-05:00', '2026-11-22T14:30:00.000Z'],
    ['without offset', '2026-11-22T09:30:15', '2026-11-22T09:30:15.000Z'],
    ['without offset and seconds', '2026-11-22T09:30', '2026-11-22T09:30:00.000Z'],
    ['with fraction, without offset', '2026-11-22T09:30:15.5', '2026-11-22T09:30:15.500Z'],
    ['with +00:00', '2026-11-22T09:30:15+00:00', '2026-11-22T09:30:15.000Z'],
    ['with -00:00', '2026-11-22T09:30:15-00:00', '2026-11-22T09:30:15.000Z'],
    ['with half an hour', '2026-11-22T09:30:15+05:30', '2026-11-22T04:00:15.000Z'],
    ['with an offset over midnight', '2026-12-31T23:30:00-01:00', '2027-01-01T00:30:00.000Z'],
    ['with the greatest offset of .NET', '2026-11-22T09:30:15+14:00', '2026-11-21T19:30:15.000Z'],
    ['midnight', '2026-11-22T00:00:00Z', '2026-11-22T00:00:00.000Z'],
    ['the last instant of a day', '2026-11-22T23:59:59.999Z', '2026-11-22T23:59:59.999Z'],
    ['29 February of a leap year', '2028-02-29T09:30:00Z', '2028-02-29T09:30:00.000Z'],
    ['29 February of 2000', '2000-02-29T09:30:00Z', '2000-02-29T09:30:00.000Z'],
    ['before 1970', '1926-11-22T09:30:00Z', '1926-11-22T09:30:00.000Z'],
    ['the year 2', '0002-01-01T00:00:00Z', '0002-01-01T00:00:00.000Z'],
    ['.NET’s maximum', '9999-12-31T23:59:59.9999999Z', '9999-12-31T23:59:59.999Z'],
  ])('%s', (_, text, stored) => {
    expect(instantFrom(text)).toBe(stored);
  });

  it.each([
    ['.1', '.100'],
    ['.12', '.120'],
    ['.123', '.123'],
    ['.1239', '.123'],
    ['.9999', '.999'],
    ['.0009', '.000'],
    ['.1234567', '.123'],
    ['.123456789', '.123'],
    ['.1234567890123456789', '.123'],
    ['.000000000', '.000'],
    ['.001234567', '.001'],
    // V8 leaves out leading zeros when a fraction has more than nine digits after them.
    ['.0012345678901', '.001'],
    ['.0000000001234', '.000'],
    ['.0999999999999', '.099'],
    [`.5${'0'.repeat(200)}`, '.500'],
    [`.${'9'.repeat(400)}`, '.999'],
  ])('the fraction %s is cut to milliseconds', (fraction, stored) => {
    expect(instantFrom(`2026-11-22T09:30:15${fraction}Z`)).toBe(`2026-11-22T09:30:15${stored}Z`);
    expect(instantFrom(`2026-11-22T09:30:15${fraction}`)).toBe(`2026-11-22T09:30:15${stored}Z`);
    expect(instantFrom(`2026-11-22T10:30:15${fraction}+01:00`)).toBe(`2026-11-22T09:30:15${stored}Z`);
  });
});

describe('the year 0001 means none', () => {
  it.each([
    '0001-01-01T00:00:00',
    '0001-01-01T00:00:00Z',
    '0001-01-01T00:00',
    '0001-01-01T00:00:00.0000000+00:00',
    '0001-01-01T00:00:00-05:00',
    '0001-01-01T02:00:00+02:00',
    '0001-12-31T23:59:59Z',
  ])('%s', (text) => {
    expect(instantFrom(text)).toBeNull();
  });
});

describe('no date', () => {
  it.each([
    ['nothing', ''],
    ['a date without time', '2026-11-22'],
    ['a space for the T', '2026-11-22 09:30:00Z'],
    ['an hour only', '2026-11-22T09Z'],
    ['no month', '2026-00-10T09:30:00Z'],
    ['a thirteenth month', '2026-13-10T09:30:00Z'],
    ['no day', '2026-11-00T09:30:00Z'],
    ['31 November', '2026-11-31T09:30:00Z'],
    ['32 December', '2026-12-32T09:30:00Z'],
    ['30 February', '2028-02-30T09:30:00Z'],
    ['29 February of another year', '2026-02-29T09:30:00Z'],
    ['29 February of 1900', '1900-02-29T09:30:00Z'],
    ['24:00', '2026-11-22T24:00:00Z'],
    ['24:00 without seconds', '2026-11-22T24:00Z'],
    ['an hour 25', '2026-11-22T25:00:00Z'],
    ['a minute 60', '2026-11-22T09:60:00Z'],
    ['a leap second', '2026-12-31T23:59:60Z'],
    ['an empty fraction', '2026-11-22T09:30:00.Z'],
    ['a fraction of a minute', '2026-11-22T09:30.5Z'],
    ['an offset beyond a day', '2026-11-22T09:30:00+24:00'],
    ['an offset of 60 minutes', '2026-11-22T09:30:00+01:60'],
    ['an offset and Z', '2026-11-22T09:30:00+01:00Z'],
    ['a zone by name', '2026-11-22T09:30:00 CET'],
    ['a zone in brackets', '2026-11-22T09:30:00+01:00[Europe/Berlin]'],
    ['white space before', ' 2026-11-22T09:30:00Z'],
    ['white space after', '2026-11-22T09:30:00Z '],
    ['a line break after', '2026-11-22T09:30:00Z\n'],
    ['a short year', '26-11-22T09:30:00Z'],
    ['a long year', '+012026-11-22T09:30:00Z'],
    ['a negative year', '-000001-11-22T09:30:00Z'],
    ['short parts', '2026-1-2T9:30:00Z'],
    ['.NET’s old JSON', '/Date(1795339800000)/'],
    ['a week date', '2026-W47-7T09:30:00Z'],
    ['digits of another script', '２０２６-11-22T09:30:00Z'],
    ['an instant after the year 9999 in UTC', '9999-12-31T23:59:59-01:00'],
    ['an instant before the year 0001 in UTC', '0000-12-31T23:59:59Z'],
  ])('%s', (_, text) => {
    expect(issuesOf(payloadWith(text))).toEqual([
      {
        path: 'Inventory.LastUpdated',
        expected: 'a date and time in ISO 8601 such as 2026-11-22T09:30:00Z',
        found: `the string "${text.slice(0, 40)}${text.length > 40 ? '…' : ''}"`,
      },
    ]);
  });
});

it('no text of a message is kept for longer than the message, however long it is', () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage: () => void = runInNewContext('gc');
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  for (let message = 0; message < 40; message += 1) {
    const text = `${message} ${'9'.repeat(1_000_000)}`;
    expect(issuesOf(JSON.parse(JSON.stringify(payloadWith(text))))).toHaveLength(1);
    const fraction = `2026-11-22T09:30:15.${message}${'9'.repeat(1_000_000)}Z`;
    expect(instantFrom(JSON.parse(JSON.stringify(fraction)))).toMatch(/^2026-11-22T09:30:15/);
  }
  collectGarbage();
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(10_000_000);
});
