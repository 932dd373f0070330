import type { Buyer, Choices } from './buyer.ts';
import { Field, SelectField, TextField } from './controls.tsx';
import { dateTime, toLocalInput } from './format.ts';
import { setQuery } from './location.ts';

type Props = { buyer: Buyer; choices: Choices };

/** Who buys, how many and when: at the top of every view that has prices. */
export function BuyerBar({ buyer, choices }: Props) {
  const currencies = [...new Set([...choices.currencies, buyer.currency])].filter((each) => each !== '');
  return (
    <section class="buyer" aria-label="Buyer">
      <TextField
        label="Company"
        value={buyer.company}
        suggestions={choices.companies}
        placeholder={choices.companies[0] ?? ''}
        onChange={(company) => setQuery({ company })}
      />
      <TextField
        label="Groups"
        value={buyer.groupsText}
        suggestions={choices.groups}
        placeholder={choices.groups[0] ?? ''}
        onChange={(groups) => setQuery({ groups })}
      />
      <TextField
        label="Seller"
        value={buyer.seller}
        suggestions={choices.sellers}
        placeholder="any"
        onChange={(seller) => setQuery({ seller })}
      />
      <SelectField
        label="Currency"
        value={buyer.currency}
        options={[...currencies.map((each) => [each, each] as const), ['', 'none']]}
        onChange={(currency) => setQuery({ currency: currency || 'none' })}
      />
      <TextField
        label="Quantity"
        type="number"
        min={1}
        value={buyer.quantity === null ? '' : String(buyer.quantity)}
        placeholder="least"
        onChange={(quantity) => setQuery({ quantity })}
      />
      <TextField
        label="Date"
        type="datetime-local"
        value={toLocalInput(buyer.at)}
        // Empty while a part of it is missing.
        onChange={(local) => local !== '' && setQuery({ date: new Date(local).toISOString() })}
      />
      <DateSlider buyer={buyer} choices={choices} />
    </section>
  );
}

const HOUR = 3_600_000;

/** A slider for the date, above a drawing of the sale windows. */
function DateSlider({ buyer, choices }: Props) {
  const times = [...choices.sales.flatMap(({ start, end }) => [start, end]), buyer.at];
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const room = Math.max((last - first) * 0.04, 24 * HOUR);
  const [from, to] = [first - room, last + room];
  const percent = (at: number) => `${((at - from) / (to - from)) * 100}%`;
  return (
    <div class="slider">
      <Field label="Sale windows">
        {(id) => (
          <input
            id={id}
            type="range"
            min={from}
            max={to}
            step={HOUR}
            value={buyer.at}
            aria-valuetext={dateTime(buyer.at)}
            onInput={({ currentTarget }) =>
              setQuery({ date: new Date(Number(currentTarget.value)).toISOString() })
            }
          />
        )}
      </Field>
      <div class="windows" aria-hidden="true">
        {choices.sales.slice(0, 200).map(({ start, end, name }, index) => (
          <span
            key={`${index}-${start}`}
            title={name}
            style={{ left: percent(start), width: `calc(${percent(end)} - ${percent(start)})` }}
          />
        ))}
      </div>
      <button type="button" disabled={buyer.isNow} onClick={() => setQuery({ date: '' })}>
        Now
      </button>
    </div>
  );
}
