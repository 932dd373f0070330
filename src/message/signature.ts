import { createHmac, timingSafeEqual } from 'node:crypto';

/** What OrderCloud sends as `x-oc-hash`: base64 of HMAC-SHA256 over the exact bytes of the body. */
export function signatureOf(body: Uint8Array, secret: string): string {
  return createHmac('sha256', secret).update(body).digest('base64');
}

/**
 * Whether `signature` was made over `body` with one of `secrets`. Every secret is tried and compared in constant
 * time, so that the time taken tells neither which secret nor how much of the signature was right.
 */
export function isSignedByOneOf(
  secrets: readonly string[],
  body: Uint8Array,
  signature: string | null,
): boolean {
  const given = Buffer.from(signature ?? '');
  let matches = false;
  for (const secret of secrets) {
    const expected = Buffer.from(signatureOf(body, secret));
    const equal = given.length === expected.length && timingSafeEqual(given, expected);
    matches = equal || matches;
  }
  return matches;
}
