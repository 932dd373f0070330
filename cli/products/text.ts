import type { CatalogItem } from '../../src/operate/product-catalog.ts';
import { printable, printableJson } from '../../src/printable.ts';
import type { ProductDocument, ProductItem } from '../../src/product/document.ts';
import {
  agoText,
  amountText,
  countOf,
  factLines,
  formatTable,
  priceText,
  quantitiesText,
} from '../common/text.ts';

type ListAbout = {
  address: string;
  categoryId?: string | undefined;
  isMore?: boolean;
  now: number;
  columns: number | undefined;
};

const LIST_COLUMNS = ['Product', 'Name', '>Price', 'Active', 'Stored', 'Categories'];

/** Products as a table, and how many they are. */
export function listText(items: readonly CatalogItem[], about: ListAbout): string {
  const where = about.categoryId === undefined ? '' : ` in the category ${printable(about.categoryId, 60)}`;
  if (items.length === 0) return `No products${where} at ${about.address}.`;
  const rows = items.map((item) => [
    printable(item.id, 60),
    printable(item.name ?? '', 24),
    priceText(item.display),
    item.deleted ? 'deleted' : yesOrNo(item.active),
    item.sync === null ? '' : agoText(item.sync.receivedAt, about.now),
    printable((item.categoryIds ?? []).join(', '), 60),
  ]);
  const more = about.isMore ? ' There are more: --limit lists them.' : '';
  const count = `${countOf(items.length, 'product')}${where} at ${about.address}.${more}`;
  return `${formatTable(LIST_COLUMNS, rows, about.columns)}\n${count}`;
}

/** One product for people. */
export function productText(stored: ProductItem, now: number): string {
  if ('deleted' in stored) {
    const { time, receivedAt } = stored.sync;
    return `${printable(stored.id)} is deleted by a message of ${time} (${agoText(receivedAt, now)}).`;
  }
  const { id, name, pricing, specs, sync, xp } = stored;
  const parts = [
    [`${printable(id)}  ${printable(name ?? '(no name)')}`, ...productFacts(stored, now)].join('\n'),
    priceTable(pricing),
    specs.length === 0 ? '' : specTable(specs),
    xp === null ? '' : `xp ${printableJson(xp, 2)}`,
    sync.warnings.map(({ path, message }) => `! ${printable(`${path}: ${message}`)}`).join('\n'),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function productFacts(product: ProductDocument, now: number): string[] {
  const { inventory, sync, parentId, isParent } = product;
  const position = sync.sequence === null ? '' : ` #${sync.sequence}`;
  return factLines([
    ['active', yesOrNo(product.active)],
    ['description', printable(product.description ?? '', 200)],
    ['categories', product.categoryIds.join(', ')],
    ['catalogs', product.catalogIds.join(', ')],
    ['buyers', product.buyerIds.join(', ')],
    ['user groups', product.userGroupIds.join(', ')],
    ['family', isParent ? 'a parent' : parentId === null ? '' : `a child of ${parentId}`],
    ['stock', inventory?.enabled ? `${inventory.quantityAvailable ?? 0} available` : 'not tracked'],
    ['message', `${sync.time} by ${sync.stream}${position}, ${agoText(sync.receivedAt, now)}`],
  ]);
}

const BREAK_COLUMNS = ['Price schedule', 'For', '>Quantity', '>Price', '>Sale', 'Sale window'];

type Pricing = NonNullable<ProductDocument['pricing']>;

function priceTable(pricing: Pricing | null): string {
  if (pricing === null) return 'Its messages carry no prices.';
  const rows = pricing.schedules.flatMap((schedule) =>
    schedule.breaks.map((each, index) => [
      index === 0 ? printable(schedule.id, 40) : '',
      index === 0 ? printable(buyersOf(schedule.id, pricing), 40) : '',
      quantitiesText(each),
      amountText(each.price, schedule.currency),
      each.salePrice ?? '',
      each.salePrice === null ? '' : windowText(schedule),
    ]),
  );
  return rows.length === 0 ? 'It has no prices.' : formatTable(BREAK_COLUMNS, rows);
}

function buyersOf(id: string, { defaultScheduleId, parties, sellers }: Pricing): string {
  const names = [
    ...(defaultScheduleId === id ? ['everybody'] : []),
    ...parties.filter(({ scheduleId }) => scheduleId === id).map((party) => `${party.type} ${party.id}`),
    ...sellers.filter(({ scheduleId }) => scheduleId === id).map(({ sellerId }) => `seller ${sellerId}`),
  ];
  return names.join(', ');
}

function windowText({ saleStart, saleEnd }: { saleStart: string | null; saleEnd: string | null }): string {
  const start = saleStart === null ? '' : `from ${saleStart} `;
  const end = saleEnd === null ? '' : `until ${saleEnd}`;
  return `${start}${end}`.trim() || 'always';
}

function specTable(specs: ProductDocument['specs']): string {
  const rows = specs.map(({ id, name, required, options }) => [
    printable(id, 40),
    printable(name ?? '', 40),
    yesOrNo(required),
    printable(options.map((option) => option.value ?? option.id).join(', '), 80),
  ]);
  return formatTable(['Spec', 'Name', 'Required', 'Options'], rows);
}

function yesOrNo(value: boolean | null): string {
  if (value === null) return '';
  return value ? 'yes' : 'no';
}
