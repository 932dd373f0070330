import { useMemo } from 'preact/hooks';
import type { Offer } from '../../src/offer/offer.ts';
import type { Item } from './api.ts';
import { type Buyer, type Choices, isProduct, isSomebody, offerTo } from './buyer.ts';
import { Badge, Filters, hasWords, isChosen, Table, ViewLink } from './controls.tsx';
import { money } from './format.ts';
import { Picture } from './picture.tsx';

type Props = {
  products: ReadonlyMap<string, Item>;
  buyer: Buyer;
  choices: Choices;
  query: URLSearchParams;
};

const STATES = {
  active: 'active',
  inactive: 'not active',
  sale: 'on sale',
  warnings: 'with warnings',
  deleted: 'deleted',
};

/** Created once, because comparing by locale is slow otherwise. */
const COLLATOR = new Intl.Collator();

/** One row of the table; without an offer, the product was deleted. */
type Row = { item: Item; name: string; offer: Offer | null };

const NOTES = {
  hidden: 'not visible',
  none: 'no price',
  notCarried: 'no prices sent',
  priced: 'not this quantity',
};

/** Every product, with its price for the buyer at the top. */
export function Products({ products, buyer, choices, query }: Props) {
  const key = JSON.stringify(buyer);
  const rows = useMemo(
    () =>
      [...products.values()]
        .map((item) => rowOf(item, products, buyer))
        .sort(
          (a, b) =>
            Number(b.offer?.visible ?? false) - Number(a.offer?.visible ?? false) ||
            COLLATOR.compare(a.name, b.name) ||
            COLLATOR.compare(a.item.id, b.item.id),
        ),
    [products, key],
  );
  const shown = rows.filter(
    (row) =>
      hasWords(`${row.name} ${row.item.id}`, query) &&
      isChosen(categoriesOf(row.item), query, 'category') &&
      isChosen(statesOf(row), query, 'state'),
  );
  const price = isSomebody(buyer) ? 'Price for this buyer' : 'List price';
  return (
    <>
      <Filters
        query={query}
        choices={{
          category: choices.categories.map((each) => [each, each] as const),
          state: Object.entries(STATES),
        }}
      >
        <p role="status" class="count">
          {shown.length} of {rows.length} products
        </p>
      </Filters>
      {rows.length === 0 ? (
        <p class="empty">
          Nothing is stored yet. <ViewLink to="/messages">Send a sample</ViewLink>, or all of them from a
          terminal: <code>npm run send -- samples</code>
        </p>
      ) : (
        <div class="scroll">
          <Table kind="products" columns={['Product', 'Category', 'State', price]} numbers={1}>
            {shown.map((row) => (
              <ProductRow key={row.item.id} {...row} />
            ))}
          </Table>
        </div>
      )}
    </>
  );
}

function ProductRow(row: Row) {
  const { item, name, offer } = row;
  const warnings = isProduct(item) ? item.sync.warnings.length : 0;
  return (
    <tr class={offer === null ? 'gone' : offer.visible ? '' : 'unseen'}>
      <td>
        <div class="who">
          <Picture xp={isProduct(item) ? item.xp : null} name={name} />
          <div>
            <ViewLink to={`/products/${encodeURIComponent(item.id)}`}>{name}</ViewLink>
            <small>{item.id}</small>
          </div>
        </div>
      </td>
      <td>{categoriesOf(item).join(', ') || '–'}</td>
      <td>
        {statesOf(row)
          .filter((state) => state !== 'warnings')
          .map((state) => (
            <Badge key={state} kind={state}>
              {STATES[state]}
            </Badge>
          ))}
        {warnings > 0 && (
          <Badge kind="warnings">{warnings === 1 ? '1 warning' : `${warnings} warnings`}</Badge>
        )}
      </td>
      <td class="number">
        {typeof offer?.unitPrice === 'number' ? (
          <strong class={offer.onSale ? 'sale' : ''}>{money(offer.unitPrice, offer.currency)}</strong>
        ) : (
          <small>{offer === null ? 'deleted' : NOTES[offer.priceState]}</small>
        )}
      </td>
    </tr>
  );
}

function rowOf(item: Item, products: ReadonlyMap<string, Item>, buyer: Buyer): Row {
  if (!isProduct(item)) return { item, name: item.id, offer: null };
  const offer = offerTo(buyer, { item, parent: products.get(item.parentId ?? '') });
  return { item, name: item.name ?? item.id, offer };
}

function categoriesOf(item: Item): string[] {
  return isProduct(item) ? item.categories.map(({ id, name }) => name ?? id) : [];
}

function statesOf({ item, offer }: Row): (keyof typeof STATES)[] {
  if (!isProduct(item)) return ['deleted'];
  return [
    item.active ? 'active' : 'inactive',
    ...(offer?.onSale ? (['sale'] as const) : []),
    ...(item.sync.warnings.length > 0 ? (['warnings'] as const) : []),
  ];
}
