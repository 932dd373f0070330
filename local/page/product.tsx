import type { Item, MessageDetail, Schedule, Spec } from './api.ts';
import { type Buyer, isProduct, isSomebody, offerTo } from './buyer.ts';
import { PriceChart, saleOf, Timeline } from './charts.tsx';
import { Badge, SelectField, TextField, ViewLink } from './controls.tsx';
import { dateTime, money } from './format.ts';
import { setQuery } from './location.ts';
import { MarkedBody } from './marked-body.tsx';
import { OfferCard } from './offer-card.tsx';
import { Picture } from './picture.tsx';
import { useAnswer } from './server.ts';
import { Tree } from './tree.tsx';

type Props = {
  id: string;
  products: ReadonlyMap<string, Item>;
  buyer: Buyer;
  query: URLSearchParams;
  now: number;
};

/** One product: what the buyer sees and pays, and why. */
export function Product({ id, products, buyer, query, now }: Props) {
  const item = products.get(id);
  if (item === undefined) return <p class="empty">No product is stored under {id}.</p>;
  if (!isProduct(item)) {
    return (
      <>
        <h2>{id}</h2>
        <p class="empty">
          This product was deleted{item.sync ? ` on ${dateTime(item.sync.time)}` : ''}. It stays away.
        </p>
        <RawMessage item={item} />
      </>
    );
  }
  const specs = [...query]
    .filter(([name]) => name.startsWith('spec.'))
    .map(([name, value]) => {
      const spec = item.specs.find((each) => each.id === name.slice(5));
      const isOption = spec?.options.some((option) => option.id === value) ?? false;
      return isOption ? { specId: name.slice(5), optionId: value } : { specId: name.slice(5), value };
    });
  const offer = offerTo(buyer, { item, parent: products.get(item.parentId ?? ''), specs });
  const schedules = item.pricing?.schedules ?? [];
  // Prices in two currencies cannot be compared.
  const currency = offer.currency ?? buyer.currency;
  const comparable = schedules.filter((each) => (each.currency?.trim() ?? '') === currency);
  return (
    <article class="product">
      <header class="who large">
        <Picture xp={item.xp} name={item.name ?? id} />
        <div>
          <h2>{item.name ?? id}</h2>
          <small>
            {id} · stored {dateTime(item.sync.receivedAt)}
          </small>
          {item.description && <p class="description">{item.description.replace(/<[^>]*>/g, '')}</p>}
        </div>
      </header>
      <div class="columns">
        <section class="card" aria-label="Offer">
          <h3>{isSomebody(buyer) ? 'What this buyer pays' : 'List price'}</h3>
          <OfferCard offer={offer} buyer={buyer} />
        </section>
        {item.specs.length > 0 && (
          <section class="card" aria-label="Options">
            <h3>Options</h3>
            <Options specs={item.specs} query={query} currency={offer.currency} />
          </section>
        )}
        <section class="card">
          <h3>Price against quantity</h3>
          <PriceChart
            schedules={comparable}
            chosenId={offer.schedule?.id ?? null}
            quantity={offer.quantity}
            at={buyer.at}
          />
          <Legend schedules={comparable} chosenId={offer.schedule?.id ?? null} at={buyer.at} />
        </section>
        <section class="card">
          <h3>Sale windows</h3>
          <Timeline schedules={schedules} at={buyer.at} now={now} />
        </section>
      </div>
      {item.sync.warnings.length > 0 && (
        <section class="card" aria-label="Warnings">
          <h3>Warnings</h3>
          <ul class="plain">
            {item.sync.warnings.map(({ code, path, message }) => (
              <li key={`${code} ${path}`}>
                <Badge kind="warnings">{code}</Badge> <code>{path}</code> {message}
              </li>
            ))}
          </ul>
        </section>
      )}
      <div class="columns">
        <section class="card">
          <h3>Document</h3>
          <Tree value={item} />
        </section>
        <RawMessage item={item} />
      </div>
    </article>
  );
}

type LegendProps = { schedules: readonly Schedule[]; chosenId: string | null; at: number };

function Legend({ schedules, chosenId, at }: LegendProps) {
  return (
    <ul class="legend">
      {schedules.map((schedule, index) => (
        <li key={schedule.id} class={schedule.id === chosenId ? 'chosen' : ''}>
          <span class={`swatch line-${index % 5}`} /> {schedule.name ?? schedule.id}
          {saleOf(schedule, at) === 'on' && <Badge kind="sale">sale</Badge>}
          {schedule.id === chosenId && <small> applies</small>}
        </li>
      ))}
    </ul>
  );
}

type OptionsProps = { specs: readonly Spec[]; query: URLSearchParams; currency: string | null };

/** Each option with its markup. Choosing one updates the price. */
function Options({ specs, query, currency }: OptionsProps) {
  return (
    <div class="options">
      {specs.map((spec) => {
        const chosen = query.get(`spec.${spec.id}`) ?? '';
        const label = spec.name ?? spec.id;
        const choose = (value: string) => setQuery({ [`spec.${spec.id}`]: value });
        if (spec.options.length === 0) {
          return <TextField key={spec.id} label={label} value={chosen} onChange={choose} />;
        }
        const byDefault = spec.options.find(({ id }) => id === spec.defaultOptionId);
        return (
          <SelectField
            key={spec.id}
            label={label}
            value={chosen}
            onChange={choose}
            options={[
              ['', byDefault ? `${byDefault.value ?? byDefault.id} (default)` : 'none'],
              ...spec.options.map(
                (option) =>
                  [
                    option.id,
                    `${option.value ?? option.id}${markupText(option.priceMarkup, currency)}`,
                  ] as const,
              ),
            ]}
          />
        );
      })}
    </div>
  );
}

function markupText({ type, amount }: { type: string; amount: number }, currency: string | null): string {
  if (type === 'none' || amount === 0) return '';
  const sign = amount > 0 ? '+' : '';
  if (type === 'percentage') return ` (${sign}${amount} %)`;
  return ` (${sign}${money(amount, currency)}${type === 'amountPerQuantity' ? ' each' : ' in all'})`;
}

/** The message that the document came from, if the stack still has it. */
function RawMessage({ item }: { item: Item }) {
  const path = `product-message/${encodeURIComponent(item.id)}`;
  const message = useAnswer<MessageDetail>(path, JSON.stringify(item.sync));
  return (
    <section class="card" aria-label="Message">
      <h3>Message</h3>
      {message === null ? (
        <p class="empty">The stack no longer has the message that this came from.</p>
      ) : (
        <>
          <p>
            {dateTime(message.at)} by {message.transport}:{' '}
            <Badge kind={message.outcome}>{message.outcome}</Badge>{' '}
            <ViewLink to="/messages">All messages</ViewLink>
          </p>
          <MarkedBody body={message.body} issues={[]} />
        </>
      )}
    </section>
  );
}
