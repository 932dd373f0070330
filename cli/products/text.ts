import { z } from 'zod';
import type { CatalogItem } from '../../src/operate/product-catalog.ts';
import { printable, printableJson } from '../../src/printable.ts';
import { durationInWords } from '../common/progress.ts';
import { columns, countOf, formatTable } from '../common/text.ts';

type ListAbout = {
  address: string;
  categoryId: string | undefined;
  isMore: boolean;
  now: number;
  columns: number | undefined;
};

const LIST_COLUMNS = columns(['Product', 'Name', '>Price', 'Active', 'Stored', 'Categories']);

/** Products as a table, and how many they are. */
export function listText(items: readonly CatalogItem[], about: ListAbout): string {
  const where = about.categoryId === undefined ? '' : ` in the category ${printable(about.categoryId, 60)}`;
  if (items.length === 0) return `No products${where} at ${about.address}.`;
  const rows = items.map((item) => [
    printable(item.id, 60),
    printable(item.name ?? '', 24),
    item.display === null ? '' : priceText(item.display),
    item.deleted ? 'deleted' : yesOrNo(item.active),
    item.sync === null ? '' : agoText(item.sync.receivedAt, about.now),
    printable((item.categoryIds ?? []).join(', '), 60),
  ]);
  const more = about.isMore ? ' There are more: --limit lists them.' : '';
  const count = `${countOf(items.length, 'product')}${where} at ${about.address}.${more}`;
  return `${formatTable(LIST_COLUMNS, rows, about.columns)}\n${count}`;
}

const text = z.string().nullable().catch(null);
const flag = z.boolean().nullable().catch(null);
const number = z.number().nullable().catch(null);
const list = <Item extends z.ZodType>(item: Item) => z.array(item).catch([]);

const Sync = z.object({
  transport: z.string(),
  stream: z.string(),
  sequence: number,
  time: z.string(),
  receivedAt: z.string(),
  warnings: list(z.object({ path: z.string(), message: z.string() })),
});

const Priced = z.object({ price: number, salePrice: number });

const Schedule = z.object({
  id: z.string(),
  currency: text,
  saleStart: text,
  saleEnd: text,
  breaks: list(Priced.extend({ from: number, to: number })),
});

const Pricing = z.object({
  defaultScheduleId: text,
  schedules: list(Schedule),
  parties: list(z.object({ type: z.string(), id: z.string(), sellerId: text, scheduleId: z.string() })),
  sellers: list(z.object({ sellerId: z.string(), scheduleId: z.string() })),
});
type Pricing = z.infer<typeof Pricing>;

const Spec = z.object({
  id: z.string(),
  name: text,
  required: flag,
  options: list(z.object({ id: z.string(), value: text })),
});

/** What is shown of a document. Lenient: it may be of another version, or written by somebody else. */
const Shown = z.object({
  id: z.string(),
  deleted: z.literal(true).optional().catch(undefined),
  name: text,
  active: flag,
  description: text,
  categoryIds: list(z.string()),
  catalogIds: list(z.string()),
  buyerIds: list(z.string()),
  userGroupIds: list(z.string()),
  parentId: text,
  isParent: flag,
  inventory: z.object({ enabled: flag, quantityAvailable: number }).nullable().catch(null),
  pricing: Pricing.nullable().catch(null),
  specs: list(Spec),
  xp: z.unknown().optional(),
  sync: Sync.nullable().catch(null),
});
type Shown = z.infer<typeof Shown>;

/** One product for people. */
export function productText(stored: Readonly<Record<string, unknown>>, now: number): string {
  const product = Shown.parse(stored);
  const { id, name, pricing, specs, sync, xp } = product;
  if (product.deleted) {
    const when = sync === null ? '' : ` by a message of ${sync.time} (${agoText(sync.receivedAt, now)})`;
    return `${printable(id)} is deleted${when}.`;
  }
  const parts = [
    [`${printable(id)}  ${printable(name ?? '(no name)')}`, ...factLines(product, now)].join('\n'),
    priceTable(pricing),
    specs.length === 0 ? '' : specTable(specs),
    xp == null ? '' : `xp ${printableJson(xp, 2)}`,
    (sync?.warnings ?? []).map(({ path, message }) => `! ${printable(`${path}: ${message}`)}`).join('\n'),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function factLines(product: Shown, now: number): string[] {
  const { inventory, sync, parentId, isParent } = product;
  const stock = inventory?.enabled ? `${inventory.quantityAvailable ?? 0} available` : 'not tracked';
  const position = sync?.sequence == null ? '' : ` #${sync.sequence}`;
  const facts: [string, string][] = [
    ['active', yesOrNo(product.active)],
    ['description', printable(product.description ?? '', 200)],
    ['categories', product.categoryIds.join(', ')],
    ['catalogs', product.catalogIds.join(', ')],
    ['buyers', product.buyerIds.join(', ')],
    ['user groups', product.userGroupIds.join(', ')],
    ['family', isParent ? 'a parent' : parentId === null ? '' : `a child of ${parentId}`],
    ['stock', stock],
    [
      'message',
      sync === null ? '' : `${sync.time} by ${sync.stream}${position}, ${agoText(sync.receivedAt, now)}`,
    ],
  ];
  return facts
    .filter(([, value]) => value !== '')
    .map(([label, value]) => `  ${label.padEnd(12)} ${printable(value)}`);
}

const BREAK_COLUMNS = columns(['Price schedule', 'For', '>Quantity', '>Price', '>Sale', 'Sale window']);

function priceTable(pricing: Pricing | null): string {
  if (pricing === null) return 'Its messages carry no prices.';
  const rows = pricing.schedules.flatMap((schedule) =>
    schedule.breaks.map((each, index) => [
      index === 0 ? printable(schedule.id, 40) : '',
      index === 0 ? printable(buyersOf(schedule.id, pricing), 40) : '',
      quantityText(each),
      `${each.price ?? ''} ${schedule.currency ?? ''}`.trim(),
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

function quantityText({ from, to }: { from: number | null; to: number | null }): string {
  if (from === to) return String(from ?? '');
  return to === null ? `${from ?? 1}+` : `${from ?? 1}–${to}`;
}

function windowText({ saleStart, saleEnd }: { saleStart: string | null; saleEnd: string | null }): string {
  if (saleStart === null && saleEnd === null) return 'always';
  return [saleStart === null ? '' : `from ${saleStart}`, saleEnd === null ? '' : `until ${saleEnd}`]
    .filter((part) => part !== '')
    .join(' ');
}

function specTable(specs: Shown['specs']): string {
  const rows = specs.map(({ id, name, required, options }) => [
    printable(id, 40),
    printable(name ?? '', 40),
    yesOrNo(required),
    printable(options.map((option) => option.value ?? option.id).join(', '), 80),
  ]);
  return formatTable(columns(['Spec', 'Name', 'Required', 'Options']), rows);
}

function priceText({ price, currency, salePrice }: NonNullable<CatalogItem['display']>): string {
  if (price === null) return '';
  const sale = salePrice === null ? '' : ` (sale ${salePrice})`;
  return `${price} ${currency ?? ''}`.trim() + sale;
}

function agoText(instant: string, now: number): string {
  return `${durationInWords(now - Date.parse(instant))} ago`;
}

function yesOrNo(value: boolean | null): string {
  if (value === null) return '';
  return value ? 'yes' : 'no';
}
