import { type Offer, type OfferContext, offerFor, REASONS } from '../../src/offer/offer.ts';
import { formatTable } from '../common/text.ts';
import { PRICE_RULES } from '../offer/text.ts';
import type { Demo } from './context.ts';

/** Who asks for how many, and the price that the samples give; null: not to be seen. */
type Question = { who: string; context: Omit<OfferContext, 'at'>; price: number | null };

const PRODUCT = 'BEANS-HOUSE-ESPRESSO-1KG';

const AT = '2026-01-15T12:00:00.000Z';

const QUESTIONS: readonly Question[] = [
  { who: 'home-brewers', context: { buyerId: 'home-brewers', quantity: 1 }, price: 28 },
  { who: 'home-brewers', context: { buyerId: 'home-brewers', quantity: 6 }, price: 26 },
  {
    who: 'home-brewers, tasting-club',
    context: { buyerId: 'home-brewers', userGroupIds: ['tasting-club'], quantity: 6 },
    price: 24.5,
  },
  { who: 'cafe-uno', context: { buyerId: 'cafe-uno', quantity: 6 }, price: 19.8 },
  { who: 'cafe-uno', context: { buyerId: 'cafe-uno', quantity: 24 }, price: 18.4 },
  { who: 'corner-shop', context: { buyerId: 'corner-shop', quantity: 6 }, price: null },
];

/** Asks what buyers may see of one of the products, and pay. */
export async function showOffers({ write, read }: Demo): Promise<string[]> {
  const { items } = await read();
  const product = items.find(({ id }) => id === PRODUCT) ?? null;
  const answers = QUESTIONS.map((question) => {
    const offer = offerFor(product, { at: AT, currency: 'USD', ...question.context });
    return { ...question, offer };
  });
  write(`\nWhat buyers may see of ${PRODUCT}, and pay in USD:\n`);
  const columns = [
    { title: 'Buyer, user group' },
    { title: 'Quantity', align: 'right' as const },
    { title: 'Price', align: 'right' as const },
    { title: 'Together', align: 'right' as const },
    { title: 'Why' },
  ];
  write(
    `${formatTable(
      columns,
      answers.map(({ who, context, offer }) => [who, String(context.quantity), ...pricesOf(offer)]),
    )}\n`,
  );
  return answers.flatMap(({ who, context, price, offer }) =>
    (offer.visible ? offer.unitPrice : null) === price
      ? []
      : [
          `${PRODUCT}: expected a price of ${price} for ${context.quantity} by ${who}, got ${offer.unitPrice}`,
        ],
  );
}

function pricesOf({ visible, unitPrice, lineSubtotal, schedule, reasons }: Offer): string[] {
  if (!visible || schedule === null) return ['', '', reasons.map((code) => REASONS[code]).join(' ')];
  return [String(unitPrice), String(lineSubtotal), PRICE_RULES[schedule.via]];
}
