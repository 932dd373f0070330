import { createSign, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { registerSecret } from '../leaks/secrets.ts';
import { Failure, invalidToken } from './failure.ts';
import type { Answer } from './route.ts';

/** What a userinfo token says of a user, as ordercloud-dotnet-catalyst's DecodedUserInfoToken names it. */
export type UserClaims = Readonly<Record<string, unknown>>;

/** A user who signs in with a password. */
export type User = { username: string; password: string; claims: UserClaims };

type Signing = { header?: object; claims?: UserClaims; privateKey?: KeyObject };

/** Sign-in of users, the userinfo token, and the keys that it is signed with. */
export type UserInfo = {
  users: User[];
  /** A token of these claims, as `GET /oauth/userinfo` gives it; `signing` makes it wrong. */
  issue(claims: UserClaims, signing?: Signing): string;
  /** Another key signs from now on, under another ID. Tokens of the former one stay valid. */
  rotate(): string;
  publicKeyPem(): string;
  /** How often each key was asked for. */
  keyRequests: Map<string, number>;
  answerTo(method: string, path: string, authorization: string | undefined, form: string): Answer | null;
};

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The documented endpoints: `POST /oauth/token` (password), `GET /oauth/userinfo`, `GET /oauth/certs/{kid}`. */
export function createUserInfo(apiUrl: string): UserInfo {
  const keys = new Map<string, ReturnType<typeof newKey>>();
  const signedIn = new Map<string, User>();
  let current = '';
  const rotate = () => {
    current = randomUUID();
    keys.set(current, newKey());
    return current;
  };
  /** Made when it is first needed: that takes a while, and most tests need none. */
  const currentKey = () => keys.get(current) ?? (keys.get(rotate()) as ReturnType<typeof newKey>);

  const server: UserInfo = {
    users: [],
    keyRequests: new Map(),
    rotate,
    publicKeyPem: () => currentKey().publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    issue(claims, signing = {}) {
      const now = Math.floor(Date.now() / 1000);
      const { privateKey } = currentKey();
      const header = { alg: 'RS256', typ: 'JWT', kid: current, ...signing.header };
      const standard = { iss: 'https://auth.ordercloud.io', aud: apiUrl, nbf: now, exp: now + 3_600 };
      const unsigned = `${encode(header)}.${encode({ ...standard, ...claims, ...signing.claims })}`;
      const signature = createSign('RSA-SHA256')
        .update(unsigned)
        .sign(signing.privateKey ?? privateKey, 'base64url');
      const token = `${unsigned}.${signature}`;
      registerSecret('a userinfo token of OrderCloud', token);
      return token;
    },
    answerTo(method, path, authorization, form) {
      const [, keyId] = /^\/oauth\/certs\/([^/]+)$/.exec(path) ?? [];
      if (method === 'GET' && keyId !== undefined) return certificate(decodeURIComponent(keyId));
      if (method === 'GET' && path === '/oauth/userinfo') {
        const user = signedIn.get(authorization?.replace(/^Bearer /, '') ?? '');
        if (user === undefined) throw invalidToken();
        return { status: 200, body: server.issue(user.claims) };
      }
      const fields = new URLSearchParams(form);
      const isSignIn =
        method === 'POST' && path === '/oauth/token' && fields.get('grant_type') === 'password';
      return isSignIn ? { status: 200, body: signIn(fields) } : null;
    },
  };

  function certificate(keyId: string): Answer {
    server.keyRequests.set(keyId, (server.keyRequests.get(keyId) ?? 0) + 1);
    const key = keys.get(keyId);
    if (key === undefined) throw new Failure(404, 'NotFound', 'Object not found.');
    const jwk = key.publicKey.export({ format: 'jwk' });
    return { status: 200, body: { ...jwk, kid: keyId, use: 'sig', alg: 'RS256' } };
  }

  function signIn(fields: URLSearchParams): object {
    const user = server.users.find(
      ({ username, password }) => username === fields.get('username') && password === fields.get('password'),
    );
    if (user === undefined) {
      throw new Failure(401, 'Auth.InvalidUsernameOrPassword', 'Invalid username or password.');
    }
    const token = randomUUID();
    registerSecret('an access token of a user', token);
    signedIn.set(token, user);
    return { access_token: token, expires_in: 3_600, token_type: 'bearer' };
  }

  return server;
}

function newKey() {
  return generateKeyPairSync('rsa', { modulusLength: 2048 });
}
