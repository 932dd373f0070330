import { STATUS_CODES } from 'node:http';
import type { UnreadBody } from './read-body.ts';

/** An HTTP answer, free of any trigger's types. */
export type Answer = { status: number; headers: Record<string, string>; body: object };

/** How a request is refused; where `retryAfterSeconds` is set, it can be sent again after that time. */
export type Refusal = {
  status: number;
  detail: string;
  retryAfterSeconds?: number;
  headers?: Record<string, string>;
};

/** Refusals of a body, by any endpoint. */
export const UNREAD_BODY: Readonly<Record<UnreadBody, Refusal>> = {
  'body-too-large': { status: 413, detail: 'The body is larger than MAX_BODY_BYTES allows.' },
  'body-too-slow': { status: 408, detail: 'The body did not arrive within MAX_BODY_SECONDS.' },
  aborted: { status: 400, detail: 'The request ended before its body was complete.' },
};

/**
 * The answer that says what is wrong (RFC 9457). The type stays `about:blank`: `reason` is what programs go by, and there
 * is no page to link to.
 */
export function problem(
  { status, detail, retryAfterSeconds, headers }: Refusal,
  members: { reason: string } & Record<string, unknown>,
): Answer {
  return {
    status,
    headers: {
      'content-type': 'application/problem+json',
      ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
      ...headers,
    },
    body: { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail, ...members },
  };
}
