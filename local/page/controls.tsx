import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { addressOf, navigate, setQuery } from './location.ts';

type FieldProps = { label: string; children: (id: string) => ComponentChildren };

/** A control under its visible label, which is also its accessible name. */
export function Field({ label, children }: FieldProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children(id)}
    </div>
  );
}

type TextFieldProps = {
  label: string;
  value: string;
  onChange: (value: string) => void;
  suggestions?: readonly string[];
  type?: 'text' | 'search' | 'number' | 'datetime-local';
  min?: number;
  placeholder?: string;
};

/** A field for a text, a number or a date, with suggestions. */
export function TextField({
  label,
  value,
  onChange,
  suggestions = [],
  type = 'text',
  ...more
}: TextFieldProps) {
  return (
    <Field label={label}>
      {(id) => (
        <>
          <input
            id={id}
            type={type}
            value={value}
            list={suggestions.length > 0 ? `${id}-list` : undefined}
            autocomplete="off"
            spellcheck={false}
            onInput={({ currentTarget }) => onChange(currentTarget.value)}
            {...more}
          />
          {suggestions.length > 0 && (
            <datalist id={`${id}-list`}>
              {suggestions.map((suggestion) => (
                <option key={suggestion} value={suggestion} />
              ))}
            </datalist>
          )}
        </>
      )}
    </Field>
  );
}

type SelectFieldProps = {
  label: string;
  value: string;
  onChange: (value: string) => void;
  options: readonly (readonly [value: string, text: string])[];
};

/** A choice among a few values. */
export function SelectField({ label, value, onChange, options }: SelectFieldProps) {
  return (
    <Field label={label}>
      {(id) => (
        <select id={id} value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
          {options.map(([each, text]) => (
            <option key={each} value={each} selected={each === value}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

type ViewLinkProps = { to: string; children: ComponentChildren; isCurrent?: boolean };

/** A link to another view that keeps the choices at the top of the page. */
export function ViewLink({ to, children, isCurrent = false }: ViewLinkProps) {
  return (
    <a
      href={addressOf(to)}
      {...(isCurrent && { 'aria-current': 'page' as const })}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        navigate(to);
      }}
    >
      {children}
    </a>
  );
}

/** A word that shows a state, in the state's colour. */
export function Badge({ kind, children }: { kind: string; children: ComponentChildren }) {
  return <span class={`badge ${kind}`}>{children}</span>;
}

type FiltersProps = {
  query: URLSearchParams;
  /** By the name of its parameter: what there is to choose from, besides any. */
  choices: Record<string, readonly (readonly [value: string, text: string])[]>;
  children: ComponentChildren;
};

/** What filters a list: the address keeps it, so that a reload shows the same. */
export function Filters({ query, choices, children }: FiltersProps) {
  const value = (name: string) => query.get(name) ?? '';
  return (
    <section class="filters" aria-label="Filter">
      <TextField
        label="Search"
        type="search"
        value={value('search')}
        onChange={(search) => setQuery({ search })}
      />
      {Object.entries(choices).map(([name, options]) => (
        <SelectField
          key={name}
          label={name.charAt(0).toUpperCase() + name.slice(1)}
          value={value(name)}
          options={[['', 'any'], ...options]}
          onChange={(chosen) => setQuery({ [name]: chosen })}
        />
      ))}
      {children}
    </section>
  );
}

/** Whether a text has every word that is searched for. */
export function hasWords(text: string, query: URLSearchParams): boolean {
  const words = (query.get('search') ?? '').toLowerCase().split(/\s+/);
  return words.every((word) => text.toLowerCase().includes(word));
}

/** Whether one of these values is the one that is chosen, or any will do. */
export function isChosen(values: readonly string[], query: URLSearchParams, name: string): boolean {
  const chosen = query.get(name) ?? '';
  return chosen === '' || values.includes(chosen);
}

type TableProps = {
  kind: string;
  columns: readonly string[];
  /** Those of the columns, counted from the end, that hold numbers. */
  numbers: number;
  children: ComponentChildren;
};

/** A table with a row of headings. */
export function Table({ kind, columns, numbers, children }: TableProps) {
  return (
    <table class={kind}>
      <thead>
        <tr>
          {columns.map((column, index) => (
            <th key={column} scope="col" class={index < columns.length - numbers ? '' : 'number'}>
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
}
