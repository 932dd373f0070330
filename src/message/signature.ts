import { createHmac, timingSafeEqual } from 'node:crypto';

/** What OrderCloud sends as `x-oc-hash`: base64 of HMAC-SHA256 over the exact bytes of the body. */
export function signatureOf(body: Uint8Array, secret: string): string {
  return createHmac('sha256', secret).update(body).digest('base64');
}

/**
 * Whether one of `secrets` made `signature` over `body`. It tries every secret and compares in constant time, so that
 * the time taken shows neither which secret fits nor how much of the signature is right.
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
