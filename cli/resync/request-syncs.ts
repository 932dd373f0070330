import { productId as productIdRule } from '../../src/message/scalars.ts';
import { CommandError } from '../common/command-error.ts';
import { pace } from '../common/wait.ts';
import type { OrderCloudApi } from '../ordercloud/api.ts';
import { OrderCloudError } from '../ordercloud/ordercloud-error.ts';
import { requireProductSync } from '../ordercloud/sync-state.ts';

/** A product whose message OrderCloud did not agree to send. */
export type Refused = { productId: string; code: string; message: string };

/** A product whose message OrderCloud was asked to send, and whether it refused. */
export type Requested = {
  productId: string;
  refusal: Omit<Refused, 'productId'> | null;
  /** Milliseconds since 1970. */
  requestedAt: number;
};

export type SyncOptions = {
  /** A second. */
  rate: number;
  signal: AbortSignal;
  /** Called before each request. */
  onRequest?: ((productId: string) => Promise<void>) | undefined;
};

/** Whether the app stores products of this ID; messages of others become dead letters. */
export function isStorable(id: string): boolean {
  return productIdRule.safeParse(id).success;
}

/** Refusals that concern this product only. Any other would meet every product. */
const OF_THE_PRODUCT = new Set([400, 404, 409, 422]);

/** OrderCloud can fail at one product. If it fails at so many in a row, it is down. */
const FAILURES_IN_A_ROW = 5;

/**
 * Makes OrderCloud send the messages of products, one after another, until the signal is aborted. If OrderCloud fails at a
 * product (5xx), that product counts as refused only when a later one shows that OrderCloud is not down.
 * @throws OrderCloudError when no product can be asked for
 */
export async function* requestSyncs(
  api: OrderCloudApi,
  ids: AsyncIterable<string> | Iterable<string>,
  { rate, signal, onRequest }: SyncOptions,
): AsyncGenerator<Requested> {
  let held: Requested[] = [];
  let failures = 0;
  for await (const productId of pace(ids, { rate, signal })) {
    const canArrive = isStorable(productId);
    if (canArrive) await onRequest?.(productId);
    const requestedAt = Date.now();
    const { refusal, failure } = canArrive ? await requestSync(api, productId) : UNSTORABLE;
    held.push({ productId, refusal, requestedAt });
    if (failure !== null) failures += 1;
    else if (canArrive) failures = 0;
    if (failure !== null && failures >= FAILURES_IN_A_ROW) throw failure;
    // In the order of the IDs, because an interrupted run goes on after the last one.
    if (failures > 0) continue;
    yield* held;
    held = [];
  }
  if (!signal.aborted) yield* held;
}

/** What OrderCloud made of a request; `failure` if it failed at this product. */
type Outcome = Pick<Requested, 'refusal'> & { failure: OrderCloudError | null };

const UNSTORABLE: Outcome = {
  refusal: {
    code: 'UnstorableID',
    message: `was not asked for: the app takes only ${productIdRule.description}.`,
  },
  failure: null,
};

async function requestSync(api: OrderCloudApi, productId: string): Promise<Outcome> {
  try {
    const body = { ProductID: productId };
    // The same message twice does no harm.
    await api.call((sdk, options) => sdk.ProductSynchronization.Sync(body, options), {
      idempotent: true,
    });
    return { refusal: null, failure: null };
  } catch (error) {
    if (!(error instanceof OrderCloudError)) throw error;
    const status = error.status ?? 0;
    if (status < 500 && !OF_THE_PRODUCT.has(status)) throw error;
    const refusal = { code: error.code, message: error.message };
    return { refusal, failure: status >= 500 ? error : null };
  }
}

/** Makes sure that OrderCloud sends messages at all: otherwise it may accept requests and do nothing. */
export async function requireSending(api: OrderCloudApi): Promise<void> {
  const config = await requireProductSync(api);
  if (config.SyncProductChanged === false) {
    throw new CommandError(
      'OrderCloud sends no message when a product changes (SyncProductChanged is false). Turn it on: ordercloud-product-sync sync-config patch SyncProductChanged=true',
    );
  }
  if (config.Paused === true) {
    throw new CommandError(
      'Product sync is paused in OrderCloud: messages wait until you run ordercloud-product-sync resume.',
    );
  }
}
