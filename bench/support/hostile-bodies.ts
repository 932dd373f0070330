import { PRODUCT_UPDATED } from '../../src/message/message-type.ts';

/** As large as a body may be by default: 2 MiB. */
const MAX_BYTES = 2 * 1024 * 1024;

/** Bodies of up to 2 MiB, each made to take as long as it can. Written as text, for JSON cannot be made to repeat keys. */
export function hostileBodies(): Record<string, Buffer> {
  return {
    'a million wrong items in a list': product(`"Specs":${list(() => '0', 1_000_000)}`),
    'a wrong price break behind as many as fit': product(
      `"DefaultPriceSchedule":{"ID":"a","PriceBreaks":${list(() => '{}').slice(0, -1)},1]}`,
    ),
    'a wrong category behind as many as fit': product(`"Categories":${list(() => '"a"').slice(0, -1)},1]`),
    'a wrong spec behind as many as fit': product(`"Specs":${list(() => '{"ID":""}').slice(0, -1)},1]`),
    'many lists of price breaks, the last of each wrong': product(
      `"PartyPriceSchedules":${list((i) => party(i, `"PriceBreaks":[${'{},'.repeat(14_000)}1]`))}`,
    ),
    'a number too large behind specs that are none': product(
      `"Specs":${list(() => '{"ID":"","a":1e999}').slice(0, -1)},{"ID":"","xp":1e999}]`,
    ),
    'a million wrong categories': product(`"Categories":${list(() => '0', 1_000_000)}`),
    'nested a million levels deep': Buffer.from('['.repeat(MAX_BYTES / 2) + ']'.repeat(MAX_BYTES / 2)),
    'xp nested 98 levels, many times': product(`"xp":${list(() => '['.repeat(97) + ']'.repeat(97))}`),
    '200,000 unknown keys': product(list((i) => `"${i.toString(36)}":0`, 200_000).slice(1, -1)),
    'unknown keys around the payload': envelopeWith(list((i) => `"k${i.toString(36)}":0`).slice(1, -1)),
    'keys that differ from one name by case': product(
      list((i) => `"${cased('QuantityMultiplier', i)}":1`).slice(1, -1),
    ),
    '200,000 keys in another case, in a list': product(
      `"Specs":${list((i) => `{"iD":"${i}","nAME":"","rEQUIRED":true}`, 66_667)}`,
    ),
    'xp: a list of numbers': product(`"xp":${list(() => '0')}`),
    'xp: a list of empty objects': product(`"xp":${list(() => '{}')}`),
    'xp: numbers of 199 digits': product(`"xp":${list(() => '1'.repeat(199))}`),
    'xp: strings of 199 digits': product(`"xp":${list(() => `"${'1'.repeat(199)}"`)}`),
    'xp: many keys': product(`"xp":{${list((i) => `"${i.toString(36)}":0`).slice(1, -1)}}`),
    '20,000 schedules under one ID': product(
      `"PartyPriceSchedules":${list((i) => party(i, `"Name":"${i}"`), 20_000)}`,
    ),
    'schedules under one ID, of a seller each': product(
      `"SellerDefaultPriceSchedules":${list((i) => seller(i, `"Name":"${i.toString(36)}"`))}`,
    ),
    'sellers that share a schedule': product(
      `"SellerDefaultPriceSchedules":${list((i) => seller(i, '"Name":""'))}`,
    ),
    '20,000 duplicate categories': product(`"Categories":${list((i) => `{"ID":"a","Name":"${i}"}`, 20_000)}`),
    'as many duplicate categories as fit': product(`"Categories":${list(() => '"a"')}`),
    '100,000 specs of nothing but an ID': product(
      `"Specs":${list((i) => `{"ID":"${i.toString(36)}"}`, 100_000)}`,
    ),
    'categories of nothing but an ID': product(`"Categories":${list((i) => `"${i.toString(36)}"`)}`),
    'a huge string': product(`"Name":"${'a'.repeat(MAX_BYTES - 300)}"`),
    'a huge string, all escaped': product(`"Name":"${'\\u0001'.repeat(MAX_BYTES / 6 - 50)}"`),
    'a warning for each of many schedules': product(
      `"PartyPriceSchedules":${list((i) => party(i, '"SaleStart":"2026-01-02T00:00Z","SaleEnd":"2026-01-01T00:00Z"'))}`,
    ),
    'a warning for each of many price breaks': product(
      `"DefaultPriceSchedule":{"ID":"a","PriceBreaks":${list(() => '{}')}}`,
    ),
    'dates, each of them different': product(
      `"PartyPriceSchedules":${list((i) => party(i, `"SaleStart":"${date(2 * i)}","SaleEnd":"${date(2 * i + 1)}"`))}`,
    ),
    'numbers as text': product(
      `"DefaultPriceSchedule":{"ID":"a","PriceBreaks":${list((i) => `{"Quantity":"${i}","Price":"1.5"}`)}}`,
    ),
  };
}

function product(properties: string): Buffer {
  return envelopeWith(`"Payload":{"ProductID":"a",${properties}}`);
}

function envelopeWith(properties: string): Buffer {
  return Buffer.from(`{"Headers":{"type":"${PRODUCT_UPDATED}"},${properties}}`);
}

/** A JSON list of as many items as fit into a body, or of `most`. */
function list(itemAt: (index: number) => string, most = Number.POSITIVE_INFINITY): string {
  const items: string[] = [];
  let room = MAX_BYTES - 300;
  for (let index = 0; index < most; index += 1) {
    const item = itemAt(index);
    room -= item.length + 1;
    if (room < 0) break;
    items.push(item);
  }
  return `[${items.join(',')}]`;
}

function party(index: number, scheduleProperties: string): string {
  return `{"Party":"${index}","PartyType":1,"PriceSchedule":{"ID":"a",${scheduleProperties}}}`;
}

function seller(index: number, scheduleProperties: string): string {
  return `{"Seller":"${index.toString(36)}","PriceSchedule":{"ID":"a",${scheduleProperties}}}`;
}

/** One of the many ways to write a name in upper and lower case: bit by bit of `index`, from its end. */
function cased(name: string, index: number): string {
  return Array.from(name.toLowerCase(), (letter, place) =>
    (index >> (name.length - 1 - place)) & 1 ? letter.toUpperCase() : letter,
  ).join('');
}

function date(index: number): string {
  return new Date(Date.UTC(2026, 0, 1) + index * 1_000).toISOString();
}
