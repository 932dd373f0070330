import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Delivery } from '../../../src/message/delivery.ts';
import { isExact, mayHoldInexactNumbers } from '../../../src/message/inexact-numbers.ts';
import { prepare } from '../../../src/sync/prepare.ts';
import { eventHubDelivery, httpDelivery, PRODUCT_UPDATED } from '../../support/deliveries.ts';

const HEADERS = `"Headers":{"type":"${PRODUCT_UPDATED}"}`;

/** The paths that warnings `number-not-exact` name, and the document. */
function warned(delivery: Delivery) {
  const prepared = prepare(delivery, null);
  if (prepared.kind !== 'change') throw new Error(JSON.stringify(prepared));
  const { warnings } = prepared.change.sync;
  const paths = warnings.filter(({ code }) => code === 'number-not-exact').map(({ path }) => path);
  return { paths, content: prepared.change.content };
}

const warnedIn = (properties: string) =>
  warned(httpDelivery(Buffer.from(`{${HEADERS},"Payload":{"ProductID":"B05",${properties}}}`))).paths;

const XP =
  '{"erpId":9223372036854775807,"id53":9007199254740993,"rate":0.1234567890123456789,"tiny":1e-400,"one":1.0}';
const XP_PATHS = ['xp.erpId', 'xp.id53', 'xp.rate', 'xp.tiny'];

describe('numbers that a double does not hold', () => {
  it.each([
    ['9223372036854775807', false],
    ['9007199254740993', false],
    ['9007199254740992', true],
    ['12345678901234567.89', false],
    ['0.12345678901234567890123456789', false],
    ['0.1000000000000000000001', false],
    ['1e-400', false],
    ['4e-324', false],
    ['5e-324', true],
    ['1.7976931348623157e308', true],
    ['1e999', false],
    ['0.30000000000000004', true],
    ['123456789012345680000', true],
    ['-0', true],
    ['1.00', true],
    ['0.1', true],
  ])('%s: held is %s', (number, isHeld) => {
    expect(isExact(number)).toBe(isHeld);
    if (!isHeld && number !== '1e999') expect(mayHoldInexactNumbers(`{"ID":"a","xp":${number}}`)).toBe(true);
  });

  it('are never passed over, wherever they stand in the text', () => {
    const digits = fc.stringMatching(/^[1-9]\d{0,24}(\.\d{1,24})?([eE]-?\d{1,3})?$/);
    fc.assert(
      fc.property(fc.nat(40), digits, (before, number) => {
        fc.pre(Number.isFinite(Number(number)) && !isExact(number));
        expect(mayHoldInexactNumbers(`{"${'p'.repeat(before)}":${number}}`)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each(['"2026-11-22T09:30:00.1234567Z"', '39.95', '"single-origin-e-100 g"', '123456789012345'])(
    '%s is seen to be none without a second look',
    (json) => {
      expect(mayHoldInexactNumbers(`{"a":${json}}`)).toBe(false);
    },
  );
});

describe('a warning names each', () => {
  it('inside xp, also of schedules, specs and options', () => {
    expect(warnedIn(`"xp":${XP}`)).toEqual(XP_PATHS);
    expect(warnedIn('"xp":{"a":[1,{"b":9007199254740993}]}')).toEqual(['xp.a[1].b']);
    const options = '"Options":[{"ID":"o","xp":{"n":9007199254740993}}]';
    expect(warnedIn(`"Specs":[{"ID":"s","xp":9007199254740993,${options}}]`)).toEqual([
      'Specs[0].xp',
      'Specs[0].Options[0].xp.n',
    ]);
  });

  it('among the decimals of the model, as numbers and as text, in the documented spelling', () => {
    const breaks = '[{"Price":12345678901234567.89},{"quantity":2,"price":"0.10000000000000000001"}]';
    expect(warnedIn(`"defaultPriceSchedule":{"id":"ps","priceBreaks":${breaks}}`)).toEqual([
      'DefaultPriceSchedule.PriceBreaks[0].Price',
      'DefaultPriceSchedule.PriceBreaks[1].Price',
    ]);
  });

  it('but none that is not stored, or is text', () => {
    expect(
      warnedIn('"Unknown":9007199254740993,"Name":"9007199254740993","xp":{"ean":"9007199254740993"}'),
    ).toEqual([]);
  });

  it('of a key that comes twice: the last is what is stored', () => {
    expect(warnedIn('"xp":{"a":9007199254740993,"a":1}')).toEqual([]);
    expect(warnedIn('"xp":{"a":1,"a":9007199254740993}')).toEqual(['xp.a']);
  });

  it('on every transport, and however the payload is wrapped', () => {
    const payload = `{"ProductID":"B05","xp":${XP}}`;
    const event = `{"specversion":"1.0","type":"${PRODUCT_UPDATED}","data_base64":"${Buffer.from(payload).toString('base64')}"}`;
    const properties = { type: PRODUCT_UPDATED };
    const kafka = { transport: 'kafka', stream: 'kafka/products/0' } as const;
    for (const delivery of [
      httpDelivery(Buffer.from(`{${HEADERS},"Payload":${payload}}`)),
      httpDelivery(Buffer.from(`{${HEADERS},"Payload":${JSON.stringify(payload)}}`)),
      httpDelivery(
        Buffer.from(`{${HEADERS},"Payload":${JSON.stringify(`{"Payload":0,${payload.slice(1)}`)}}`),
      ),
      httpDelivery(Buffer.from(event)),
      eventHubDelivery({ payload: null }, { properties, body: Buffer.from(payload) }),
      eventHubDelivery({ payload: null }, { properties, body: Buffer.from(payload), ...kafka }),
    ]) {
      expect(warned(delivery).paths).toEqual(XP_PATHS);
    }
  });

  it('whatever nests beside it, and with quotes and brackets in strings', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const xp = String.raw`{"a":"\"1,9007199254740993","b":"\\","c":9007199254740993,"\"d":[-9007199254740993]}`;
    const payload = `{"ProductID":"B05","Roast":${deep},"xp":${xp}}`;
    const { paths } = warned(httpDelivery(Buffer.from(`{${HEADERS},"Roast":${deep},"Payload":${payload}}`)));
    expect(paths).toEqual(['xp.c', 'xp."d[0]']);
  });

  it('but none of an enum, which is stored by name', () => {
    const party = '{"Party":"uno","PartyType":3.00000000000000000001,"PriceSchedule":{"ID":"ps"}}';
    expect(warnedIn(`"PartyPriceSchedules":[${party}]`)).toEqual([]);
  });

  it('and the nearest double is stored', () => {
    const { content } = warned(
      httpDelivery(Buffer.from(`{${HEADERS},"Payload":{"ProductID":"B05","xp":{"a":9007199254740993}}}`)),
    );
    expect(content?.xp).toEqual({ a: 9007199254740992 });
  });
});
