import type * as Sdk from 'ordercloud-javascript-sdk';
import { sleep as realSleep, type Sleep } from '../common/wait.ts';
import { type Exchange, emptyExchange, noteRequest, recordingOptions, retryDelay } from './exchange.ts';
import { fromAnswer, fromNoAnswer, notOrderCloud, OrderCloudError } from './ordercloud-error.ts';

/** How to reach OrderCloud's API, and as whom. */
export type OrderCloudSettings = {
  /** Without a trailing slash and without the version. */
  baseUrl: string;
  clientId: string;
  clientSecret: string;
  /** Roles asked for at login; empty asks for all that the client has. */
  scope: readonly string[];
};

/** The parts of OrderCloud's SDK that commands use. */
export type OrderCloudSdk = Pick<
  typeof Sdk,
  'DeliveryConfigurations' | 'ProductSynchronization' | 'Products' | 'PriceSchedules' | 'Catalogs'
>;

/** To be passed on as the last argument of the SDK's method. */
export type RequestOptions = Sdk.RequestOptions;

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
   * `request` makes exactly one HTTP request and passes `options` on; it can be called more than once.
   * @throws OrderCloudError
   */
  call<Result>(
    request: (sdk: OrderCloudSdk, options: RequestOptions) => Promise<Result>,
    options?: CallOptions,
  ): Promise<Result>;
};

export type OpenOptions = {
  sleep?: Sleep;
  /** Told before a wait of more than a second or so, for the person at the terminal. */
  note?: (line: string) => void;
};

/** Longer than OrderCloud's slowest listing; the SDK's own default for a login is to wait for ever. */
const TIMEOUT_MS = 60_000;

/** Waits shorter than this are not worth a line. */
const NOTED_WAIT_MS = 2_000;

/** OrderCloud's API. Nothing is sent before the first call. */
export function openOrderCloud(settings: OrderCloudSettings, options: OpenOptions = {}): OrderCloudApi {
  const { sleep = realSleep, note = () => {} } = options;
  let login: Promise<string> | null = null;

  const send = async <Result>(
    request: (sdk: typeof Sdk, options: RequestOptions) => Promise<Result>,
    { signal, idempotent }: CallOptions,
  ): Promise<Result> => {
    // Loaded late: it is large, and a wrong use shall be told at once.
    const sdk = await import('ordercloud-javascript-sdk');
    for (let tries = 1; ; tries += 1) {
      signal?.throwIfAborted();
      const exchange = emptyExchange();
      try {
        // The SDK keeps its settings in one place for the whole process.
        sdk.Configuration.Set({ baseApiUrl: settings.baseUrl, timeoutInMilliseconds: TIMEOUT_MS });
        return await request(sdk, passedOn(exchange, signal));
      } catch (error) {
        signal?.throwIfAborted();
        const failure = failureOf(error, exchange, settings.baseUrl);
        if (!(failure instanceof OrderCloudError)) throw failure;
        const canRepeat = idempotent ?? exchange.method === 'GET';
        const wait = retryDelay(exchange, tries, canRepeat);
        if (wait === null) throw failure;
        if (wait >= NOTED_WAIT_MS) note(waitingText(failure, wait));
        await sleep(wait, signal);
      }
    }
  };

  const logIn = (signal: AbortSignal | undefined): Promise<string> => {
    login ??= requestToken(settings, (request) => send(request, { signal, idempotent: true })).catch(
      (error: unknown) => {
        login = null;
        throw error;
      },
    );
    return login;
  };

  return {
    baseUrl: settings.baseUrl,
    clientId: settings.clientId,
    async call(request, callOptions = {}) {
      const attempt = async () => {
        const used = logIn(callOptions.signal);
        const accessToken = await used;
        return { used, send: () => send((sdk, rest) => request(sdk, { ...rest, accessToken }), callOptions) };
      };
      const first = await attempt();
      try {
        return await first.send();
      } catch (error) {
        if (!(error instanceof OrderCloudError) || error.status !== 401) throw error;
        // Another call may have logged in again already.
        if (login === first.used) login = null;
        return (await attempt()).send();
      }
    },
  };
}

type Send = (
  request: (sdk: typeof Sdk, options: RequestOptions) => Promise<{ access_token: string }>,
) => Promise<{ access_token: string }>;

async function requestToken(
  { baseUrl, clientId, clientSecret, scope }: OrderCloudSettings,
  send: Send,
): Promise<string> {
  const answer = await send((sdk, options) =>
    // The SDK's type of a role is a list that custom roles are not in.
    sdk.Auth.ClientCredentials(clientSecret, clientId, [...scope] as Sdk.ApiRole[], undefined, options),
  );
  // The SDK looks inside the token, and takes none for "not logged in".
  if (!/^[\w-]+\.[\w-]+\.[\w-]*$/.test(String(answer?.access_token))) throw notOrderCloud(baseUrl);
  return answer.access_token;
}

/** The SDK hands unknown options on to axios. */
function passedOn(exchange: Exchange, signal: AbortSignal | undefined): RequestOptions {
  const options = {
    ...recordingOptions(exchange),
    timeout: TIMEOUT_MS,
    // OrderCloud has no reason to send us elsewhere, and secrets would go along.
    maxRedirects: 0,
    ...(signal && { signal }),
  };
  return options as RequestOptions;
}

function failureOf(error: unknown, exchange: Exchange, baseUrl: string): unknown {
  if (exchange.status !== null && exchange.status >= 300) return fromAnswer(exchange, baseUrl);
  const config = (error as { isAxiosError?: unknown; config?: object } | null)?.config;
  if ((error as { isAxiosError?: unknown } | null)?.isAxiosError !== true) return error;
  noteRequest(exchange, config ?? {});
  return fromNoAnswer(error, baseUrl);
}

function waitingText({ status }: OrderCloudError, wait: number): string {
  const why = status ?? 'no answer';
  return `OrderCloud: ${why}; trying again in ${Math.ceil(wait / 1000)} s …`;
}
