import { isDeepStrictEqual } from 'node:util';
import { type Offer, offerFor, REASONS } from '../../src/offer/offer.ts';
import { formatTable } from '../common/text.ts';
import { PRICE_RULES } from '../offer/text.ts';
import { type Demo, readOfferSamples, type Sample } from './samples.ts';

/** The questions that are shown, by their titles in samples/offers. */
const TITLES = [
  "A company's own price, and its breaks",
  'The break that 24 reach, for every unit',
  'Another buyer of the same product: two buyers, two prices',
  "A group's price goes before the company's, also when it is dearer",
  "No price in the user's currency",
  'A product that is hidden from this buyer: nothing is told but why',
];

const COLUMNS = ['Product', 'Buyer, user group', 'Currency', '>Quantity', '>Price', '>Together', 'Why'];

/** Asks what buyers may see of some products, and pay. */
export async function showSampleOffers(samples: readonly Sample[], { write, read }: Demo): Promise<string[]> {
  const { items } = await read();
  const shown = readOfferSamples().filter(({ title }) => TITLES.includes(title));
  const answers = shown.map(({ title, sample, context, expected }) => {
    const id = samples.find(({ name }) => name === sample)?.expected.productId;
    const product = items.find((item) => item.id === id) ?? null;
    return { title, id, context, expected, offer: offerFor(product, context) };
  });
  const rows = answers.map(({ id, context, offer }) => [
    id ?? '',
    [context.buyerId, ...(context.userGroupIds ?? [])].join(', '),
    context.currency ?? '',
    context.quantity ?? '',
    ...pricesOf(offer),
  ]);
  write(`\nWhat buyers may see of some products, and pay:\n${formatTable(COLUMNS, rows)}\n`);
  return answers.flatMap(({ title, expected, offer }) =>
    isDeepStrictEqual({ ...offer, ...expected }, offer) ? [] : [`${title}: the offer is not as expected`],
  );
}

function pricesOf({ visible, unitPrice, lineSubtotal, schedule, reasons }: Offer): (string | number)[] {
  if (!visible || schedule === null) return ['', '', reasons.map((code) => REASONS[code]).join(' ')];
  return [String(unitPrice), String(lineSubtotal), PRICE_RULES[schedule.via]];
}
