import { printable } from '../../src/printable.ts';
import { CommandError } from '../common/command-error.ts';
import type { Exchange } from './exchange.ts';

type OrderCloudErrorFields = {
  status: number | null;
  code: string;
  date: Date | null;
};

/** A call that OrderCloud refused or that did not reach it: shown as one line, with OrderCloud's code and what to do. */
export class OrderCloudError extends CommandError {
  /** Of the answer; null where there was none. */
  readonly status: number | null;
  /** OrderCloud's ErrorCode, such as `NotFound`; `Unreachable` where there was no answer. */
  readonly code: string;
  /** The answer's `Date` header: OrderCloud's clock, to the second. */
  readonly date: Date | null;

  constructor(message: string, { status, code, date, ...options }: OrderCloudErrorFields & ErrorOptions) {
    super(message, options);
    this.status = status;
    this.code = code;
    this.date = date;
  }
}

/** Whether it is OrderCloud's "there is no such thing". */
export function isNotFound(error: unknown): error is OrderCloudError {
  return error instanceof OrderCloudError && error.status === 404;
}

/** A failed answer as an error. Nothing of the request's body is in it. */
export function fromAnswer(exchange: Exchange, baseUrl: string): OrderCloudError {
  const status = exchange.status ?? 0;
  const { code, message, roles } = firstError(exchange);
  const answer = `OrderCloud answered ${status}${code === null ? '' : ` ${code}`}${message === null ? '' : `: ${message}`}`;
  const call = `${exchange.method} ${exchange.path}`;
  return new OrderCloudError(
    [`${answer.replace(/[.\s]+$/, '')} (${call}).`, advice(exchange, baseUrl, roles)].join(' ').trim(),
    { status, code: code ?? `Http${status}`, date: dateOf(exchange) },
  );
}

/** No answer at all. The cause's message is left out: it could hold an address with credentials. */
export function fromNoAnswer(cause: unknown, baseUrl: string): OrderCloudError {
  const code = (cause as { code?: unknown } | null)?.code;
  const reason = typeof code === 'string' && code !== 'ECONNABORTED' ? code : 'no answer in time';
  return new OrderCloudError(
    `OrderCloud cannot be reached at ${baseUrl} (${reason}). Check ORDERCLOUD_API_URL and the network.`,
    { status: null, code: 'Unreachable', date: null },
  );
}

/** An answer that OrderCloud would not give. */
export function notOrderCloud(baseUrl: string): OrderCloudError {
  return new OrderCloudError(
    `What answers at ${baseUrl} is not OrderCloud: it took a login and gave no token. Check ORDERCLOUD_API_URL.`,
    { status: null, code: 'NotOrderCloud', date: null },
  );
}

function advice(exchange: Exchange, baseUrl: string, roles: readonly string[]): string {
  if ((exchange.status ?? 0) < 400)
    return 'It sends us elsewhere, which OrderCloud does not do: check ORDERCLOUD_API_URL.';
  if (exchange.path.endsWith('/oauth/token') && (exchange.status ?? 0) < 429) {
    return `Check ORDERCLOUD_CLIENT_ID, ORDERCLOUD_CLIENT_SECRET and ORDERCLOUD_SCOPE, and that the API client is of ${baseUrl}.`;
  }
  switch (exchange.status) {
    case 401:
      return `Check ORDERCLOUD_CLIENT_ID and ORDERCLOUD_CLIENT_SECRET, and that the API client is of ${baseUrl}.`;
    case 403: {
      const role =
        roles.join(' or ') || neededRole(exchange.method, exchange.path.replace(/^.*?\/v1(?=\/)/, ''));
      return `Give the API client's user ${role ? `the role ${role}` : 'the role this call needs'} in a security profile, and leave ORDERCLOUD_SCOPE empty or name it there.`;
    }
    case 429:
      return 'OrderCloud takes no more calls for now: wait a little, and lower --rate if you set it.';
    case 409:
      return 'Somebody else may have changed it: run the command again.';
    default:
      return (exchange.status ?? 0) >= 500 ? 'OrderCloud has a problem of its own: try again later.' : '';
  }
}

type FirstError = { code: string | null; message: string | null; roles: string[] };

/** `{ Errors: [{ ErrorCode, Message, Data }] }`, or OAuth's `{ error, error_description }`. */
function firstError({ body }: Exchange): FirstError {
  if (typeof body !== 'object' || body === null) return { code: null, message: null, roles: [] };
  const { Errors, error, error_description } = body as Record<string, unknown>;
  const first = (Array.isArray(Errors) ? Errors[0] : undefined) as Record<string, unknown> | undefined;
  const data = first?.Data as Record<string, unknown> | null | undefined;
  const missing =
    textOf(data?.ObjectType) === null ? null : `${data?.ObjectType} ${data?.ObjectID} not found`;
  return {
    code: textOf(first?.ErrorCode ?? error),
    message:
      textOf(first?.ErrorCode === 'NotFound' ? missing : null) ?? textOf(first?.Message ?? error_description),
    roles: Array.isArray(data?.SufficientRoles)
      ? data.SufficientRoles.map((role) => printable(String(role), 60))
      : [],
  };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? printable(value) : null;
}

function dateOf({ headers }: Exchange): Date | null {
  const date = new Date(headers.date ?? '');
  return Number.isNaN(date.getTime()) ? null : date;
}

type Rule = { path: RegExp; read: string; write: string };

/** Paths below /v1, with the role that OrderCloud's API reference asks for. */
const RULES: readonly Rule[] = [
  { path: /^\/integrations\/deliveryconfig/i, read: 'DeliveryConfigAdmin', write: 'DeliveryConfigAdmin' },
  { path: /^\/integrations\/productsync/i, read: 'ProductSyncConfigAdmin', write: 'ProductSyncConfigAdmin' },
  { path: /^\/products/i, read: 'ProductReader', write: 'ProductAdmin' },
  { path: /^\/priceschedules/i, read: 'PriceScheduleReader', write: 'PriceScheduleAdmin' },
  { path: /^\/catalogs/i, read: 'CatalogReader', write: 'CatalogAdmin' },
];

/** The role a call needs, for the message when it is missing; null for a path that nothing here calls. */
function neededRole(method: string, path: string): string | null {
  const rule = RULES.find((each) => each.path.test(path));
  if (rule === undefined) return null;
  return method.toUpperCase() === 'GET' ? rule.read : rule.write;
}
