import type { AxiosError, AxiosResponse } from 'axios';
import { z } from 'zod';
import { printable } from '../../src/printable.ts';
import { CommandError } from '../common/command-error.ts';

type OrderCloudErrorFields = { status: number | null; code: string; date?: Date | null };

/** A failed call: shown as one line, with OrderCloud's code and what to do. */
export class OrderCloudError extends CommandError {
  /** Null without an answer. */
  readonly status: number | null;
  /** OrderCloud's ErrorCode, such as `NotFound`; `Unreachable` without an answer. */
  readonly code: string;
  /** The answer's `Date` header: OrderCloud's clock, in whole seconds. */
  readonly date: Date | null;

  constructor(message: string, { status, code, date = null }: OrderCloudErrorFields) {
    super(message);
    this.status = status;
    this.code = code;
    this.date = date;
  }
}

export function isNotFound(error: unknown): error is OrderCloudError {
  return error instanceof OrderCloudError && error.status === 404;
}

/** Whether a write may have been carried out although it failed. */
export function isUncertain(error: OrderCloudError): boolean {
  return error.status === null || error.status >= 500;
}

/** A failed request as an error. It has no `cause`, which would hold the request's body. */
export function orderCloudError({ response, config, code }: AxiosError, baseUrl: string): OrderCloudError {
  if (response === undefined) {
    const reason = code === undefined || code === 'ECONNABORTED' ? 'no answer in time' : code;
    return new OrderCloudError(
      `OrderCloud cannot be reached at ${baseUrl} (${reason}). Check ORDERCLOUD_API_URL and the network.`,
      { status: null, code: 'Unreachable' },
    );
  }
  const { status } = response;
  const url = config?.url ?? '';
  const path = URL.canParse(url) ? new URL(url).pathname : '/';
  const answer = firstError(response);
  const said = [status, answer.code].filter(Boolean).join(' ') + (answer.message && `: ${answer.message}`);
  const call = `${config?.method?.toUpperCase()} ${path}`;
  const isLogin = path.endsWith('/oauth/token');
  const advice = adviceOn(status, { isLogin, roles: answer.roles, baseUrl });
  return new OrderCloudError(
    `OrderCloud answered ${said.replace(/[.\s]+$/, '')} (${call}). ${advice}`.trim(),
    { status, code: answer.code || `Http${status}`, date: dateOf(response) },
  );
}

type Failed = { isLogin: boolean; roles: readonly string[]; baseUrl: string };

function adviceOn(status: number, { isLogin, roles, baseUrl }: Failed): string {
  if (status < 400) return 'It redirects, which OrderCloud never does: check ORDERCLOUD_API_URL.';
  if (status >= 500) return 'OrderCloud has a problem of its own: try again later.';
  if (status === 429) {
    return 'OrderCloud takes no more calls for now: wait a little, and lower --rate if you set it.';
  }
  if (isLogin || status === 401) {
    return `Check ORDERCLOUD_CLIENT_ID, ORDERCLOUD_CLIENT_SECRET and ORDERCLOUD_SCOPE, and that the API client is of ${baseUrl}.`;
  }
  if (status === 403) {
    const role = roles.length > 0 ? `the role ${roles.join(' or ')}` : 'the roles that --help names';
    return `Give the API client's user ${role} in a security profile, and leave ORDERCLOUD_SCOPE empty or name it there.`;
  }
  return status === 409 ? 'Somebody else may have changed it: run the command again.' : '';
}

const text = z
  .string()
  .transform((value) => printable(value))
  .catch('');

/** `{ Errors: [{ ErrorCode, Message, Data }] }`, or OAuth's `{ error, error_description }`. */
const Refusal = z.object({
  Errors: z.array(z.object({ ErrorCode: text, Message: text, Data: z.unknown() })).catch([]),
  error: text,
  error_description: text,
});

const Missing = z.object({ ObjectType: z.string(), ObjectID: z.string() });

const Roles = z.object({ SufficientRoles: z.array(text) });

function firstError({ data }: AxiosResponse): { code: string; message: string; roles: string[] } {
  const refusal = Refusal.safeParse(jsonOf(data)).data;
  const first = refusal?.Errors[0];
  const missing = Missing.safeParse(first?.Data).data;
  const isMissing = first?.ErrorCode === 'NotFound' && missing !== undefined;
  return {
    code: first?.ErrorCode || refusal?.error || '',
    message: isMissing
      ? printable(`${missing.ObjectType} ${missing.ObjectID} not found`)
      : first?.Message || refusal?.error_description || '',
    roles: Roles.safeParse(first?.Data).data?.SufficientRoles ?? [],
  };
}

function jsonOf(data: unknown): unknown {
  try {
    return JSON.parse(String(data));
  } catch {
    return null;
  }
}

function dateOf({ headers }: AxiosResponse): Date | null {
  const date = new Date(String(headers.date));
  return Number.isNaN(date.getTime()) ? null : date;
}
