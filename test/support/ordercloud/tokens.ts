import { createHmac, randomUUID } from 'node:crypto';
import { registerSecret } from '../leaks/secrets.ts';
import { Failure, invalidToken } from './failure.ts';

type Client = { clientId: string; clientSecret: string; roles: readonly string[] };

export type Tokens = {
  /** Answers the token endpoint's form. */
  issue(form: URLSearchParams): object;
  /** The roles a bearer token gives. */
  rolesOf(authorization: string | undefined): readonly string[];
  /** All that were issued so far are refused from now on. */
  revokeAll(): void;
  /** How many were issued. */
  readonly issued: number;
};

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Client credentials as OrderCloud takes them; tokens are JWTs, because the SDK looks inside. */
export function createTokens(client: Client, lifeSeconds: () => number): Tokens {
  const live = new Map<string, { expires: number; roles: readonly string[] }>();
  let issued = 0;
  return {
    get issued() {
      return issued;
    },
    issue(form) {
      if (form.get('grant_type') !== 'client_credentials') {
        throw new Failure(400, 'Auth.OauthError', 'unsupported_grant_type');
      }
      const isKnown =
        form.get('client_id') === client.clientId && form.get('client_secret') === client.clientSecret;
      if (!isKnown) throw new Failure(401, 'Auth.InvalidUsernameOrPassword', 'Invalid client ID or secret.');
      const asked = (form.get('scope') ?? '').split(' ').filter((role) => role !== '');
      const roles = asked.length === 0 ? client.roles : asked.filter((role) => client.roles.includes(role));
      const expiresIn = lifeSeconds();
      // The SDK tries to renew what the token itself says has expired; expiry here is the server's word alone.
      const payload = { cid: client.clientId, jti: randomUUID(), exp: Math.ceil(Date.now() / 1000) + 36_000 };
      const unsigned = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(payload)}`;
      const token = `${unsigned}.${createHmac('sha256', 'test').update(unsigned).digest('base64url')}`;
      registerSecret('an access token of OrderCloud', token);
      live.set(token, { expires: Date.now() + expiresIn * 1000, roles });
      issued += 1;
      return { access_token: token, expires_in: expiresIn, token_type: 'bearer', refresh_token: null };
    },
    rolesOf(authorization) {
      const found = live.get(authorization?.replace(/^Bearer /, '') ?? '');
      if (found === undefined || found.expires <= Date.now()) throw invalidToken();
      return found.roles;
    },
    revokeAll: () => live.clear(),
  };
}
