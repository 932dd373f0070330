import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose';
import * as z from 'zod';
import type { FindKey } from './signing-keys.ts';

/** Who a token speaks of, as far as offers need it. */
export type Shopper = {
  buyerId: string | null;
  userGroupIds: string[];
  currency: string | null;
  marketplace: string | null;
};

/** Why a token was refused. For metrics and logs; the caller is told less. */
export type TokenRefusal =
  | 'missing'
  | 'malformed'
  | 'algorithm'
  | 'key-id'
  | 'unknown-key'
  | 'signature'
  | 'expired'
  | 'not-yet-valid'
  | 'audience'
  | 'claims'
  | 'marketplace';

export type TokenCheck = { ok: true; shopper: Shopper } | { ok: false; refusal: TokenRefusal };

export type TokenSettings = { apiUrl: string; marketplaceId: string | null };

/** Clocks may differ by this much. */
const LEEWAY_S = 60;

/** It becomes part of a path: nothing that could lead to another one. */
const KEY_ID = /^[\w-][\w.-]{0,127}$/;

const text = z.string().nullish();

/** https://github.com/ordercloud-api/ordercloud-dotnet-catalyst, DecodedUserInfoToken. One group comes as a text. */
const Claims = z.object({
  companyID: text,
  groups: z.union([z.string(), z.array(z.string())]).nullish(),
  currency: text,
  marketplaceID: text,
});

/**
 * Makes the check of OrderCloud's userinfo token (`/oauth/userinfo`): signed with RS256 by a key of OrderCloud, for its
 * API, of this marketplace, and valid now. What the token itself says of its algorithm or key is never trusted: another
 * algorithm is refused before any key is looked for.
 * @throws KeysUnavailableError
 */
export function tokenChecker({ apiUrl, marketplaceId }: TokenSettings, findKey: FindKey) {
  return async (authorization: string | null): Promise<TokenCheck> => {
    const token = /^Bearer +([\w-]+\.[\w-]+\.[\w-]*)$/i.exec(authorization?.trim() ?? '')?.[1];
    if (token === undefined) return refused(authorization ? 'malformed' : 'missing');
    const header = headerOf(token);
    if (header === null) return refused('malformed');
    if (header.alg !== 'RS256') return refused('algorithm');
    if (typeof header.kid !== 'string' || !KEY_ID.test(header.kid)) return refused('key-id');
    const key = await findKey(header.kid);
    if (key === null) return refused('unknown-key');
    try {
      const { payload } = await jwtVerify(token, key, {
        algorithms: ['RS256'],
        audience: [apiUrl, `${apiUrl}/`],
        clockTolerance: LEEWAY_S,
        requiredClaims: ['exp'],
      });
      return toShopper(payload, marketplaceId);
    } catch (error) {
      return refused(refusalOf(error));
    }
  };
}

function headerOf(token: string) {
  try {
    return decodeProtectedHeader(token);
  } catch {
    return null;
  }
}

function toShopper(payload: JWTPayload, marketplaceId: string | null): TokenCheck {
  const claims = Claims.safeParse(payload);
  if (!claims.success) return refused('claims');
  const { companyID, groups, currency, marketplaceID } = claims.data;
  const marketplace = marketplaceID || null;
  if (marketplaceId !== null && marketplace?.toLowerCase() !== marketplaceId.toLowerCase()) {
    return refused('marketplace');
  }
  const userGroupIds = typeof groups === 'string' ? [groups] : (groups ?? []);
  const shopper = { buyerId: companyID || null, userGroupIds, currency: currency || null, marketplace };
  return { ok: true, shopper };
}

function refused(refusal: TokenRefusal): TokenCheck {
  return { ok: false, refusal };
}

function refusalOf(error: unknown): TokenRefusal {
  if (error instanceof errors.JWTExpired) return 'expired';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'signature';
  if (!(error instanceof errors.JWTClaimValidationFailed)) return 'malformed';
  if (error.claim === 'aud') return 'audience';
  return error.claim === 'nbf' ? 'not-yet-valid' : 'claims';
}
