import { useMemo } from 'preact/hooks';
import type { Item } from './api.ts';
import { type Buyer, type Choices, isProduct, isSomebody, offerTo } from './buyer.ts';
import { Badge, SelectField, TextField, ViewLink } from './controls.tsx';
import { money } from './format.ts';
import { setQuery } from './location.ts';
import { Picture } from './picture.tsx';

type Props = {
  products: ReadonlyMap<string, Item>;
  buyer: Buyer;
  choices: Choices;
  query: URLSearchParams;
};

const STATES = [
  ['', 'any'],
  ['active', 'active'],
  ['inactive', 'not active'],
  ['sale', 'on sale'],
  ['warnings', 'with warnings'],
  ['deleted', 'deleted'],
] as const;

/** Created once, because comparing by locale is slow otherwise. */
const COLLATOR = new Intl.Collator();

/** One row of the table. */
type Row = {
  item: Item;
  name: string;
  price: number | null;
  currency: string | null;
  note: string;
  isOnSale: boolean;
  /** Products that this buyer may see come first. */
  isVisible: boolean;
};

/** Every product, with its price for the buyer at the top. */
export function Products({ products, buyer, choices, query }: Props) {
  const [search, category, state] = [
    query.get('search') ?? '',
    query.get('category') ?? '',
    query.get('state') ?? '',
  ];
  const key = JSON.stringify(buyer);
  const rows = useMemo(
    () =>
      [...products.values()]
        .map((item) => rowOf(item, products, buyer))
        .sort(
          (a, b) =>
            Number(b.isVisible) - Number(a.isVisible) ||
            COLLATOR.compare(a.name, b.name) ||
            COLLATOR.compare(a.item.id, b.item.id),
        ),
    [products, key],
  );
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = rows.filter(
    (row) =>
      words.every((word) => `${row.name} ${row.item.id}`.toLowerCase().includes(word)) &&
      (category === '' || categoriesOf(row.item).includes(category)) &&
      (state === '' || statesOf(row).includes(state)),
  );
  return (
    <>
      <section class="filters" aria-label="Filter">
        <TextField
          label="Search"
          type="search"
          value={search}
          onChange={(value) => setQuery({ search: value })}
        />
        <SelectField
          label="Category"
          value={category}
          options={[['', 'any'], ...choices.categories.map((each) => [each, each] as const)]}
          onChange={(value) => setQuery({ category: value })}
        />
        <SelectField
          label="State"
          value={state}
          options={STATES}
          onChange={(value) => setQuery({ state: value })}
        />
        <p role="status" class="count">
          {shown.length} of {rows.length} products
        </p>
      </section>
      {rows.length === 0 ? (
        <p class="empty">
          Nothing is stored yet. <ViewLink to="/messages">Send a sample</ViewLink>, or all of them from a
          terminal: <code>npm run send -- samples</code>
        </p>
      ) : (
        <div class="scroll">
          <table class="products">
            <thead>
              <tr>
                <th scope="col">Product</th>
                <th scope="col">Category</th>
                <th scope="col">State</th>
                <th scope="col" class="number">
                  {isSomebody(buyer) ? 'Price for this buyer' : 'List price'}
                </th>
              </tr>
            </thead>
            <tbody>
              {shown.map((row) => (
                <ProductRow key={row.item.id} {...row} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}

function ProductRow(row: Row) {
  const { item, name, price, currency, note, isOnSale } = row;
  const warnings = isProduct(item) ? item.sync.warnings.length : 0;
  return (
    <tr class={isProduct(item) ? (row.isVisible ? '' : 'unseen') : 'gone'}>
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
              {STATES.find(([value]) => value === state)?.[1] ?? state}
            </Badge>
          ))}
        {warnings > 0 && (
          <Badge kind="warnings">{warnings === 1 ? '1 warning' : `${warnings} warnings`}</Badge>
        )}
      </td>
      <td class="number">
        {price === null ? (
          <small>{note}</small>
        ) : (
          <strong class={isOnSale ? 'sale' : ''}>{money(price, currency)}</strong>
        )}
      </td>
    </tr>
  );
}

function rowOf(item: Item, products: ReadonlyMap<string, Item>, buyer: Buyer): Row {
  if (!isProduct(item)) {
    return {
      item,
      name: item.id,
      price: null,
      currency: null,
      note: 'deleted',
      isOnSale: false,
      isVisible: false,
    };
  }
  const name = item.name ?? item.id;
  const offer = offerTo(buyer, item, products.get(item.parentId ?? ''));
  const note = {
    hidden: 'not visible',
    none: 'no price',
    notCarried: 'no prices sent',
    priced: 'not this quantity',
  };
  return {
    ...{ item, name, price: offer.unitPrice, currency: offer.currency, note: note[offer.priceState] },
    isOnSale: offer.onSale,
    isVisible: offer.visible,
  };
}

function categoriesOf(item: Item): string[] {
  return isProduct(item) ? item.categories.map(({ id, name }) => name ?? id) : [];
}

function statesOf({ item, isOnSale }: Row): string[] {
  if (!isProduct(item)) return ['deleted'];
  return [
    item.active ? 'active' : 'inactive',
    ...(isOnSale ? ['sale'] : []),
    ...(item.sync.warnings.length > 0 ? ['warnings'] : []),
  ];
}
