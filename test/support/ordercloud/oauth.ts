import { createSign, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { registerSecret } from '../leaks/secrets.ts';
import { type ApiAnswer, Failure, invalidToken, notFound, ok } from './route.ts';

/** An API client that signs in with its secret. */
type ApiClient = { clientId: string; clientSecret: string; roles: readonly string[] };

/** What a userinfo token says of a user, as ordercloud-dotnet-catalyst's DecodedUserInfoToken names it. */
type UserClaims = Readonly<Record<string, unknown>>;

/** What makes a userinfo token wrong. */
type Signing = { header?: object; privateKey?: KeyObject };

/** Who an access token stands for: an API client has roles, a user claims. */
type SignedIn = { roles?: readonly string[]; claims?: UserClaims };

type OAuthRequest = { method: string; path: string; authorization: string | undefined; form: string };

export type OAuth = ReturnType<typeof createOAuth>;

/** Of an access token: longer than any test takes. */
const LIFE_SECONDS = 36_000;

const newKey = () => generateKeyPairSync('rsa', { modulusLength: 2048 });

/** Generating a key takes a while: all servers of a process begin with the same one. */
let firstKey: ReturnType<typeof newKey> | undefined;

/** Sign-in: `POST /oauth/token` (client credentials, password), `GET /oauth/userinfo`, `GET /oauth/certs/{kid}`. */
export function createOAuth(client: ApiClient, apiUrl: string) {
  const signedIn = new Map<string, SignedIn>();
  const keys = new Map<string, ReturnType<typeof newKey>>();
  let keyId = '';

  const currentKey = () => {
    if (keyId === '') {
      firstKey ??= newKey();
      useKey(firstKey);
    }
    return keys.get(keyId) as ReturnType<typeof newKey>;
  };
  const useKey = (key: ReturnType<typeof newKey>) => {
    keyId = randomUUID();
    keys.set(keyId, key);
    return keyId;
  };

  const tokens = {
    /** How many were issued to the API client. */
    issued: 0,
    /** All that were issued so far are refused from now on. */
    revokeAll: () => signedIn.clear(),
  };

  const userInfo = {
    /** Who signs in with a password. */
    users: [] as { username: string; password: string; claims: UserClaims }[],
    /** How often each key was asked for. */
    keyRequests: new Map<string, number>(),
    /** Another key signs from now on, under another ID. Tokens of the former one stay valid. */
    rotate: () => useKey(newKey()),
    publicKeyPem: () => currentKey().publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    /** A token of these claims, as `GET /oauth/userinfo` gives it. */
    issue(claims: UserClaims, signing: Signing = {}): string {
      const { privateKey } = currentKey();
      const now = Math.floor(Date.now() / 1000);
      const token = jwt({
        header: { alg: 'RS256', typ: 'JWT', kid: keyId, ...signing.header },
        claims: { iss: 'https://auth.ordercloud.io', aud: apiUrl, nbf: now, exp: now + 3_600, ...claims },
        privateKey: signing.privateKey ?? privateKey,
      });
      registerSecret('a userinfo token of OrderCloud', token);
      return token;
    },
  };

  function signIn(form: URLSearchParams): ApiAnswer {
    const who = whoSignsIn(form);
    const token = jwt({
      header: { alg: 'RS256', typ: 'JWT' },
      // The SDK looks inside for the time.
      claims: { cid: client.clientId, jti: randomUUID(), exp: Math.ceil(Date.now() / 1000) + LIFE_SECONDS },
      privateKey: currentKey().privateKey,
    });
    registerSecret('an access token of OrderCloud', token);
    signedIn.set(token, who);
    return ok({ access_token: token, expires_in: LIFE_SECONDS, token_type: 'bearer', refresh_token: null });
  }

  function whoSignsIn(form: URLSearchParams): SignedIn {
    const [grant, clientId, secret] = [
      form.get('grant_type'),
      form.get('client_id'),
      form.get('client_secret'),
    ];
    if (grant === 'password') {
      const user = userInfo.users.find(
        ({ username, password }) => username === form.get('username') && password === form.get('password'),
      );
      if (user === undefined) throw wrongCredentials('username or password');
      return { claims: user.claims };
    }
    if (grant !== 'client_credentials') throw new Failure(400, 'Auth.OauthError', 'unsupported_grant_type');
    if (clientId !== client.clientId || secret !== client.clientSecret) {
      throw wrongCredentials('client ID or secret');
    }
    tokens.issued += 1;
    const asked = (form.get('scope') ?? '').split(' ').filter((role) => role !== '');
    return { roles: asked.length === 0 ? client.roles : asked.filter((role) => client.roles.includes(role)) };
  }

  function holderOf(authorization: string | undefined): SignedIn {
    const found = signedIn.get(authorization?.replace(/^Bearer /, '') ?? '');
    if (found === undefined) throw invalidToken();
    return found;
  }

  function certificate(id: string): ApiAnswer {
    userInfo.keyRequests.set(id, (userInfo.keyRequests.get(id) ?? 0) + 1);
    const key = keys.get(id);
    if (key === undefined) throw notFound('Certificate', id);
    return ok({ ...key.publicKey.export({ format: 'jwk' }), kid: id, use: 'sig', alg: 'RS256' });
  }

  return {
    tokens,
    userInfo,
    /** The roles a bearer token gives. */
    rolesOf: (authorization: string | undefined) => holderOf(authorization).roles ?? [],
    /** Answers whatever is asked below `/oauth/`. */
    answerTo({ method, path, authorization, form }: OAuthRequest): ApiAnswer {
      const [, , name = '', id] = path.split('/');
      if (method === 'GET' && name === 'certs' && id) return certificate(decodeURIComponent(id));
      if (method === 'GET' && name === 'userinfo') {
        return ok(userInfo.issue(holderOf(authorization).claims ?? {}));
      }
      if (method === 'POST' && name === 'token') return signIn(new URLSearchParams(form));
      throw new Failure(404, 'NotFound', 'No such path.');
    },
  };
}

function wrongCredentials(which: string): Failure {
  return new Failure(401, 'Auth.InvalidUsernameOrPassword', `Invalid ${which}.`);
}

/** By hand, since a library would refuse to make some of the wrong ones. */
function jwt(token: { header: object; claims: object; privateKey: KeyObject }): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const unsigned = `${encode(token.header)}.${encode(token.claims)}`;
  return `${unsigned}.${createSign('RSA-SHA256').update(unsigned).sign(token.privateKey, 'base64url')}`;
}
