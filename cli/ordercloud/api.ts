import type { AxiosAdapter, AxiosResponse } from 'axios';
import type * as Sdk from 'ordercloud-javascript-sdk';
import { sleep as realSleep, type Sleep } from '../common/wait.ts';
import { notOrderCloud, OrderCloudError, orderCloudError } from './ordercloud-error.ts';

/** How to reach OrderCloud's API, and as whom. */
export type OrderCloudSettings = {
  /** Without a trailing slash and without the version. */
  baseUrl: string;
  clientId: string;
  clientSecret: string;
  /** Roles asked for at login; empty asks for all that the client has. */
  scope: readonly string[];
};

/** Calls one method of OrderCloud's SDK, at once, with `options` as its last argument. */
export type SdkCall<Result> = (sdk: typeof Sdk, options: Sdk.RequestOptions) => Promise<Result>;

export type CallOptions = {
  /** Ctrl-C: the call ends with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** A write that does no harm when it is carried out twice: it is repeated after a fault, as reads always are. */
  idempotent?: boolean;
};

/** OrderCloud's API, logged in when first used. */
export type OrderCloudApi = {
  baseUrl: string;
  /** Whose marketplace it is: several have the same address. */
  clientId: string;
  /**
   * Makes one call of the SDK, logging in again when the token has run out, and waiting when OrderCloud asks to.
   * @throws OrderCloudError
   */
  call<Result>(call: SdkCall<Result>, options?: CallOptions): Promise<Result>;
};

export type OpenOptions = {
  sleep?: Sleep;
  /** Told before a wait of more than a second or so, for the person at the terminal. */
  note?: (line: string) => void;
};

/** OrderCloud's API. Nothing is sent before the first call. */
export function openOrderCloud(settings: OrderCloudSettings, options: OpenOptions = {}): OrderCloudApi {
  const { baseUrl, clientId } = settings;
  let login: Promise<string> | null = null;

  const send = async <Result>(
    call: SdkCall<Result>,
    callOptions: CallOptions,
    accessToken?: string,
  ): Promise<Result> => {
    // Loaded late: it is large, and a wrong use shall be told at once.
    const sdk = await import('ordercloud-javascript-sdk');
    const axiosAdapter = await retryingAdapter(baseUrl, callOptions, options);
    // The SDK keeps its settings in one place for the whole process, and reads them when a call begins.
    sdk.Configuration.Set({ baseApiUrl: baseUrl, axiosAdapter });
    return call(sdk, accessToken === undefined ? {} : { accessToken });
  };

  const logIn = (signal: AbortSignal | undefined): Promise<string> => {
    login ??= send(tokenCall(settings), { signal, idempotent: true }).catch((error: unknown) => {
      login = null;
      throw error;
    });
    return login;
  };

  return {
    baseUrl,
    clientId,
    async call(call, callOptions = {}) {
      const used = logIn(callOptions.signal);
      const token = await used;
      try {
        return await send(call, callOptions, token);
      } catch (error) {
        if (!(error instanceof OrderCloudError) || error.status !== 401) throw error;
        // Another call may have logged in again already.
        if (login === used) login = null;
        return send(call, callOptions, await logIn(callOptions.signal));
      }
    },
  };
}

function tokenCall({ baseUrl, clientId, clientSecret, scope }: OrderCloudSettings): SdkCall<string> {
  return async (sdk, options) => {
    // The SDK's type of a role is a list that custom roles are not in.
    const roles = [...scope] as Sdk.ApiRole[];
    const answer = await sdk.Auth.ClientCredentials(clientSecret, clientId, roles, undefined, options);
    // The SDK looks inside the token, and takes none for "not logged in".
    if (!/^[\w-]+\.[\w-]+\.[\w-]*$/.test(String(answer?.access_token))) throw notOrderCloud(baseUrl);
    return answer.access_token;
  };
}

/** Longer than OrderCloud's slowest listing; the SDK's own default for a login is to wait for ever. */
const TIMEOUT_MS = 60_000;

/** Waits shorter than this are not worth a line. */
const NOTED_WAIT_MS = 2_000;

/**
 * Makes the requests of the SDK, each again where that may help. Failures become an `OrderCloudError` here, because the
 * SDK's own lose headers, and trip over a "not found" without details.
 */
async function retryingAdapter(
  baseUrl: string,
  { signal, idempotent }: CallOptions,
  { sleep = realSleep, note = () => {} }: OpenOptions,
): Promise<AxiosAdapter> {
  const { default: axios } = await import('axios');
  const http = axios.getAdapter('http');
  return async (config) => {
    // OrderCloud has no reason to send us elsewhere, and secrets would go along.
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

/** Tries in all of one call. */
const MAX_TRIES = 6;

/** A longer wait than this is not made in silence: the call fails, and the message says why. */
const MAX_WAIT_MS = 120_000;

const FIRST_WAIT_MS = 500;

/**
 * How long to wait before a failed call is made again; null to give up. A refusal for too many calls was not carried
 * out and can always be repeated; no answer, or OrderCloud's own failure, only where repeating does no harm.
 */
function retryDelay(answer: AxiosResponse | undefined, tries: number, canRepeat: boolean): number | null {
  const status = answer?.status ?? null;
  const isFault = status === null || status === 408 || status >= 500;
  if (tries >= MAX_TRIES || !(status === 429 || (isFault && canRepeat))) return null;
  // Doubling, with up to a half taken off at random, so that several commands do not knock together.
  const backOff = FIRST_WAIT_MS * 2 ** (tries - 1) * (1 - Math.random() / 2);
  const wait = retryAfterMs(answer?.headers['retry-after']) ?? backOff;
  return wait > MAX_WAIT_MS ? null : wait;
}

function retryAfterMs(header: unknown): number | null {
  if (typeof header !== 'string') return null;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, date - Date.now());
}
