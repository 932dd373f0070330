import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { addressOf, navigate } from './location.ts';

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
