/** An amount as people write it; `–` if there is none. */
export function money(amount: number | null | undefined, currency: string | null | undefined): string {
  if (amount === null || amount === undefined) return '–';
  const code = currency && /^[A-Za-z]{3}$/.test(currency) ? currency.toUpperCase() : '';
  let format = FORMATS.get(code);
  if (format === undefined) {
    const digits = { minimumFractionDigits: 2, maximumFractionDigits: 6 };
    format = new Intl.NumberFormat(
      undefined,
      code === '' ? digits : { style: 'currency', currency: code, ...digits },
    );
    FORMATS.set(code, format);
  }
  return format.format(amount);
}

/** By currency, because creating a format takes longer than using it a hundred times. */
const FORMATS = new Map<string, Intl.NumberFormat>();

/** A date and time in the browser's language and time zone. */
export function dateTime(at: number | string): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(at));
}

/** The time of day, with seconds. */
export function clock(at: number | string): string {
  return new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' }).format(new Date(at));
}

/** The value of a `datetime-local` control, in the local time zone. */
export function toLocalInput(at: number): string {
  const date = new Date(at);
  return new Date(at - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** A duration in a suitable unit. */
export function duration(milliseconds: number | null): string {
  if (milliseconds === null) return '–';
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1_000).toFixed(1)} s`;
  return `${Math.round(milliseconds / 60_000)} min`;
}

/** `sitecore.ordercloud.messages.product.updated` → `product.updated` */
export function shortType(type: string | null): string {
  return type?.split('.').slice(-2).join('.') ?? '–';
}

/** The names of the transports. */
export const TRANSPORTS = { http: 'HTTP', eventhub: 'Event Hubs', kafka: 'Kafka' };
