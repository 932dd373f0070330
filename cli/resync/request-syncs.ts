import { productId as productIdRule } from '../../src/message/scalars.ts';
import type { DeadLetterArchive } from '../../src/operate/dead-letter-archive.ts';
import type { CatalogMark, ProductCatalog } from '../../src/operate/product-catalog.ts';
import { untilAborted } from '../../src/until-aborted.ts';
import { CommandError } from '../common/command-error.ts';
import { pace } from '../common/wait.ts';
import type { OrderCloudApi } from '../ordercloud/api.ts';
import { OrderCloudError } from '../ordercloud/ordercloud-error.ts';
import { readProductSync } from '../ordercloud/sync-state.ts';

/** OrderCloud was asked to send a product's message; or refused to, for this product. */
export type Requested = {
  productId: string;
  refusal: Refusal | null;
  /** What was stored before; nothing, where nobody looked. */
  before: Before;
  /** Milliseconds since 1970. */
  requestedAt: number;
};

type Refusal = { code: string; message: string };

/** What is stored of a product: by this its next message is told from the ones before. */
type Before = {
  mark: CatalogMark | null;
  /** When each dead letter was received last, by ID: a webhook with the same body becomes the same dead letter again. */
  deadLetters: ReadonlyMap<string, string>;
};

/** Where messages end up. */
export type Stores = { catalog: ProductCatalog; archive: DeadLetterArchive };

export type SyncOptions = {
  /** A second. */
  rate: number;
  signal: AbortSignal;
  /** Where to look what is stored before; needed to see the new message arrive. */
  stores: Stores | null;
};

/** Refusals that are about the product; others would meet all the others as well. */
const OF_THE_PRODUCT = new Set([400, 404, 409, 422]);

/** A failure of OrderCloud's can be about one product; of so many in a row, it is about OrderCloud. */
const FAILURES_IN_A_ROW = 5;

/**
 * Has OrderCloud send the messages of products, one after another at a rate, until the signal is aborted. A product that
 * OrderCloud fails at (5xx) is told as refused only when the next ones show that it does not fail at all of them.
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
      // In the order of the IDs: an interrupted run goes on after the last that was told.
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

/** Where nobody looked. */
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
    // Twice the same message does no harm.
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

/** Makes sure that OrderCloud sends messages at all, because it may take a request and do nothing about it. */
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
