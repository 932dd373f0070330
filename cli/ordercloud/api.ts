import type { AxiosAdapter, AxiosResponse } from 'axios';
import { decodeJwt } from 'jose';
import type * as Sdk from 'ordercloud-javascript-sdk';
import { CommandError } from '../common/command-error.ts';
import { sleep as realSleep, type Sleep } from '../common/wait.ts';
import { OrderCloudError, orderCloudError } from './ordercloud-error.ts';

/** How to reach OrderCloud's API, and as whom. */
export type OrderCloudSettings = {
  /** Without a trailing slash and without the version. */
  baseUrl: string;
  clientId: string;
  clientSecret: string;
  /** Roles asked for at login; empty asks for all that the client has. */
  scope: readonly string[];
};

/** Calls one method of OrderCloud's SDK synchronously, with `options` as its last argument. */
export type SdkCall<Result> = (sdk: typeof Sdk, options: Sdk.RequestOptions) => Promise<Result>;

export type CallOptions = {
  /** A write that does no harm when it is carried out twice: it is repeated after a fault, as reads always are. */
  idempotent?: boolean;
};

/** OrderCloud's API, logged in when first used. */
export type OrderCloudApi = {
  baseUrl: string;
  /** Whose marketplace it is: several have the same address. */
  clientId: string;
  /** Ctrl-C: every call ends with its reason. */
  signal: AbortSignal;
  /**
   * Makes one call of the SDK, logging in again when the token has run out, and waiting when OrderCloud asks to.
   * @throws OrderCloudError
   */
  call<Result>(call: SdkCall<Result>, options?: CallOptions): Promise<Result>;
};

export type OpenOptions = {
  signal?: AbortSignal;
  sleep?: Sleep;
  /** Called before a longer wait. */
  note?: (line: string) => void;
};

/** OrderCloud's API. Nothing is sent before the first call. */
export function openOrderCloud(settings: OrderCloudSettings, options: OpenOptions = {}): OrderCloudApi {
  const { baseUrl, clientId } = settings;
  const { signal = new AbortController().signal } = options;
  let login: Promise<string> | null = null;

  const send = async <Result>(
    call: SdkCall<Result>,
    callOptions: CallOptions,
    accessToken?: string,
  ): Promise<Result> => {
    // Loaded late: it is large, and errors in the usage should come at once.
    const sdk = await import('ordercloud-javascript-sdk');
    const axiosAdapter = await retryingAdapter(baseUrl, callOptions, options);
    // The SDK keeps its settings in one place for the whole process, and reads them when a call begins.
    sdk.Configuration.Set({ baseApiUrl: baseUrl, axiosAdapter });
    return call(sdk, accessToken === undefined ? {} : { accessToken });
  };

  const logIn = (): Promise<string> => {
    login ??= send(tokenCall(settings), { idempotent: true }).catch((error: unknown) => {
      login = null;
      throw error;
    });
    return login;
  };

  return {
    baseUrl,
    clientId,
    signal,
    async call(call, callOptions = {}) {
      const used = logIn();
      const token = await used;
      try {
        return await send(call, callOptions, token);
      } catch (error) {
        if (!(error instanceof OrderCloudError) || error.status !== 401) throw error;
        // Another call may have logged in again already.
        if (login === used) login = null;
        return send(call, callOptions, await logIn());
      }
    },
  };
}

function tokenCall({ baseUrl, clientId, clientSecret, scope }: OrderCloudSettings): SdkCall<string> {
  return async (sdk, options) => {
    // The SDK's type of roles lacks custom ones.
    const roles = [...scope] as Sdk.ApiRole[];
    const answer = await sdk.Auth.ClientCredentials(clientSecret, clientId, roles, undefined, options);
    try {
      // The SDK decodes the token of each call, too, and fails if it is none.
      decodeJwt(answer.access_token);
    } catch {
      throw new CommandError(
        `What answers at ${baseUrl} is not OrderCloud: it accepted the login, but returned no token. Check ORDERCLOUD_API_URL.`,
      );
    }
    return answer.access_token;
  };
}

/** Longer than OrderCloud's slowest listing. For a login, the SDK itself would wait for ever. */
const TIMEOUT_MS = 60_000;

/** Shorter waits are not worth a line. */
const NOTED_WAIT_MS = 2_000;

/**
 * Makes the SDK's requests, and retries them where that may help. A failure becomes an `OrderCloudError` here, because the
 * SDK's own error loses headers, and the SDK crashes on a "not found" without details.
 */
async function retryingAdapter(
  baseUrl: string,
  { idempotent }: CallOptions,
  { signal, sleep = realSleep, note = () => {} }: OpenOptions,
): Promise<AxiosAdapter> {
  const { default: axios } = await import('axios');
  const http = axios.getAdapter('http');
  return async (config) => {
    // OrderCloud never redirects, and the secrets would go along.
    const limits = { timeout: TIMEOUT_MS, maxRedirects: 0 };
    for (let tries = 1; ; tries += 1) {
      signal?.throwIfAborted();
      try {
        return await http({ ...config, ...limits, ...(signal && { signal }) });
      } catch (error) {
        signal?.throwIfAborted();
        if (!axios.isAxiosError(error)) throw error;
        const failure = orderCloudError(error, baseUrl);
        const wait = retryDelay(error.response, tries, idempotent ?? config.method === 'get');
        if (wait === null) throw failure;
        if (wait >= NOTED_WAIT_MS) {
          note(`OrderCloud: ${failure.status ?? 'no answer'}; trying again in ${Math.ceil(wait / 1000)} s …`);
        }
        await sleep(wait, signal);
      }
    }
  };
}

const MAX_TRIES = 6;

/** If OrderCloud asks for a longer wait, the call fails instead. */
const MAX_WAIT_MS = 120_000;

const FIRST_WAIT_MS = 500;

/**
 * How long to wait before the next try; null to give up. OrderCloud has not carried out what it refuses with 429, so
 * that can always be repeated. After no answer, or a failure of OrderCloud, only what does no harm is repeated.
 */
function retryDelay(answer: AxiosResponse | undefined, tries: number, canRepeat: boolean): number | null {
  const status = answer?.status ?? null;
  const isFault = status === null || status === 408 || status >= 500;
  if (tries >= MAX_TRIES || !(status === 429 || (isFault && canRepeat))) return null;
  // It doubles, less up to a half at random, so that several commands do not retry at the same moment.
  const backOff = FIRST_WAIT_MS * 2 ** (tries - 1) * (1 - Math.random() / 2);
  const asked = Number.parseInt(String(answer?.headers['retry-after']), 10) * 1000;
  const wait = Number.isNaN(asked) ? backOff : asked;
  return wait > MAX_WAIT_MS ? null : wait;
}
