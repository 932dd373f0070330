import type { CallOptions, OrderCloudApi } from './api.ts';
import type { Change, Model } from './model.ts';
import { changesBetween } from './model.ts';
import { isNotFound } from './ordercloud-error.ts';

/** The delivery configuration of an ID; null where there is none. */
export async function readDeliveryConfig(
  api: OrderCloudApi,
  id: string,
  options: CallOptions = {},
): Promise<Model | null> {
  return nullIfNotFound(api.call((sdk, rest) => sdk.DeliveryConfigurations.Get(id, rest), options));
}

/** The configuration of product synchronization; null where there is none. */
export async function readProductSync(api: OrderCloudApi, options: CallOptions = {}): Promise<Model | null> {
  return nullIfNotFound(api.call((sdk, rest) => sdk.ProductSynchronization.Get(rest), options));
}

/** What differs between two readings, each path with the name of its configuration. */
export function changesSince(former: readonly (Model | null)[], latter: readonly (Model | null)[]): Change[] {
  return former.flatMap((model, index) => changesBetween(model, latter[index] ?? null));
}

async function nullIfNotFound(reading: Promise<unknown>): Promise<Model | null> {
  try {
    return (await reading) as Model;
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}
