import { InvalidArgumentError } from 'commander';
import pMap from 'p-map';
import { type OfferContext, offerFor, type StoredProduct } from '../../src/offer/offer.ts';
import type { ProductItem } from '../../src/product/document.ts';
import { type Account, type AccountFlags, withAccount } from '../common/account.ts';
import { type CommandContext, print } from '../common/context.ts';
import { toProductItem } from '../products/stored-product.ts';
import { type Answered, offerText } from './text.ts';

/** A selection of the command line: whether its second part is an option or a text, only the product says. */
type Selection = { specId: string; choice: string; value: string | undefined };

type OfferFlags = AccountFlags & {
  buyer?: string;
  group?: string[];
  user?: string;
  currency?: string;
  seller?: string;
  quantity?: number;
  spec?: Selection[];
  at?: string;
};

const READS_AT_A_TIME = 8;

/** Reads `ID=OPTION` or `ID=OPTION=TEXT`. */
export function specSelection(text: string): Selection {
  const [, specId, choice, value] = /^([^=]+)=([^=]*)(?:=(.*))?$/.exec(text) ?? [];
  if (specId !== undefined && choice !== undefined) return { specId, choice, value };
  throw new InvalidArgumentError('It must be of the form ID=OPTION.');
}

/** `offer`: what a buyer may see of products, and pay. Resolves to the exit code. */
export async function showOffers(
  ids: readonly string[],
  flags: OfferFlags,
  context: CommandContext,
): Promise<number> {
  const at = flags.at ?? new Date().toISOString();
  return withAccount(context, flags, async (account) => {
    const answer = (id: string) => answered(account, id, { ...flags, at });
    const answers = await pMap([...new Set(ids)], answer, { concurrency: READS_AT_A_TIME });
    const offers = answers.map(({ id, asked, offer }) => ({ id, context: asked, offer }));
    print(context, flags.json ? offers : answers.map(offerText).join('\n\n'));
    return 0;
  });
}

async function answered(account: Account, id: string, flags: OfferFlags & { at: string }): Promise<Answered> {
  const document = await readStored(account, id);
  const product = document === null || 'deleted' in document ? null : document;
  const parent = product?.parentId ? await readStored(account, product.parentId) : null;
  const asked: OfferContext = {
    at: flags.at,
    buyerId: flags.buyer ?? null,
    userGroupIds: flags.group ?? [],
    userId: flags.user ?? null,
    currency: flags.currency ?? currencyOf(product) ?? currencyOf(parent),
    marketplace: account.settings.marketplaceId,
    sellerId: flags.seller ?? null,
    quantity: flags.quantity ?? null,
    specs: (flags.spec ?? []).map((selection) => toSelection(selection, product)),
  };
  return { id, product, asked, offer: offerFor(document, { ...asked, parent }) };
}

/** That of the default price, or else of any: newcomers do not know that prices in other currencies do not count. */
function currencyOf(document: ProductItem | null): string | null {
  if (document === null || 'deleted' in document || document.pricing === null) return null;
  const { defaultScheduleId, schedules } = document.pricing;
  const standard = schedules.find(({ id }) => id === defaultScheduleId) ?? schedules[0];
  return standard?.currency ?? null;
}

function toSelection({ specId, choice, value }: Selection, product: StoredProduct | null) {
  const same = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();
  const spec = product?.specs.find(({ id }) => same(id, specId));
  const isOption = spec?.options.some(({ id }) => same(id, choice));
  if (spec?.allowOpenText && !isOption) return { specId, value: choice };
  return { specId, optionId: choice, ...(value !== undefined && { value }) };
}

async function readStored({ catalog }: Account, id: string): Promise<ProductItem | null> {
  const stored = await catalog.readWhole(id);
  return stored && toProductItem(stored);
}
