import { productId as productIdRule } from '../../src/message/scalars.ts';
import type { DeadLetterArchive } from '../../src/operate/dead-letter-archive.ts';
import type { CatalogMark, ProductCatalog } from '../../src/operate/product-catalog.ts';
import { untilAborted } from '../../src/until-aborted.ts';
import { CommandError } from '../common/command-error.ts';
import { pace } from '../common/wait.ts';
import type { OrderCloudApi } from '../ordercloud/api.ts';
import { OrderCloudError } from '../ordercloud/ordercloud-error.ts';
import { readProductSync } from '../ordercloud/sync-state.ts';

/** A product whose message OrderCloud was asked to send, and whether it refused. */
export type Requested = {
  productId: string;
  refusal: Refusal | null;
  /** Empty if nobody waits. */
  before: Before;
  /** Milliseconds since 1970. */
  requestedAt: number;
};

type Refusal = { code: string; message: string };

/** What was stored before: it tells the new message from older ones. */
type Before = {
  mark: CatalogMark | null;
  /** When each dead letter was last received, by ID: the same webhook body becomes the same dead letter again. */
  deadLetters: ReadonlyMap<string, string>;
};

/** Where messages end up. */
export type Stores = { catalog: ProductCatalog; archive: DeadLetterArchive };

export type SyncOptions = {
  /** A second. */
  rate: number;
  signal: AbortSignal;
  /** Null if nobody waits. */
  stores: Stores | null;
};

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
  { rate, signal, stores }: SyncOptions,
): AsyncGenerator<Requested> {
  let held: Requested[] = [];
  let failures = 0;
  for await (const productId of pace(ids, { rate, signal })) {
    if (!productIdRule.safeParse(productId).success) {
      const refused = { productId, refusal: UNSTORABLE, before: NOTHING, requestedAt: Date.now() };
      // In the order of the IDs, because an interrupted run goes on after the last one.
      if (held.length > 0) held.push(refused);
      else yield refused;
      continue;
    }
    const before = stores ? await untilAborted(readBefore(stores, productId), signal) : NOTHING;
    const requestedAt = Date.now();
    const { refusal, failure } = await requestSync(api, productId, signal);
    held.push({ productId, refusal, before, requestedAt });
    failures = failure === null ? 0 : failures + 1;
    if (failure !== null && failures >= FAILURES_IN_A_ROW) throw failure;
    if (failure !== null) continue;
    yield* held;
    held = [];
  }
  if (!signal.aborted) yield* held;
}

const UNSTORABLE: Refusal = {
  code: 'UnstorableID',
  message: `was not asked for: the app takes only ${productIdRule.description}.`,
};

const NOTHING: Before = { mark: null, deadLetters: new Map() };

async function readBefore({ catalog, archive }: Stores, productId: string): Promise<Before> {
  const deadLetters = new Map<string, string>();
  for await (const { id, receivedAt } of archive.list({ productId })) deadLetters.set(id, receivedAt);
  return { mark: (await catalog.read(productId))?.sync ?? null, deadLetters };
}

async function requestSync(
  api: OrderCloudApi,
  productId: string,
  signal: AbortSignal,
): Promise<{ refusal: Refusal | null; failure: OrderCloudError | null }> {
  try {
    const body = { ProductID: productId };
    // The same message twice does no harm.
    await api.call((sdk, options) => sdk.ProductSynchronization.Sync(body, options), {
      signal,
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
export async function requireProductSync(api: OrderCloudApi, signal: AbortSignal): Promise<void> {
  const config = await readProductSync(api, { signal });
  if (config === null) {
    throw new CommandError(
      'Product sync is not configured in OrderCloud: run ordercloud-product-sync connect first.',
    );
  }
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
