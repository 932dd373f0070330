import { decodeJwt } from 'jose';
import { CommandError } from '../common/command-error.ts';
import type { OrderCloudApi } from './api.ts';
import { isModel, type Model } from './model.ts';
import { isNotFound } from './ordercloud-error.ts';

/** The delivery configuration of an ID; null where there is none. */
export async function readDeliveryConfig(api: OrderCloudApi, id: string): Promise<Model | null> {
  return nullIfNotFound(api.call((sdk, rest) => sdk.DeliveryConfigurations.Get(id, rest)));
}

/** The configuration of product synchronization; null where there is none. */
export async function readProductSync(api: OrderCloudApi): Promise<Model | null> {
  return nullIfNotFound(api.call((sdk, rest) => sdk.ProductSynchronization.Get(rest)));
}

/** The same where there must be one. */
export async function requireProductSync(api: OrderCloudApi): Promise<Model> {
  const config = await readProductSync(api);
  if (config !== null) return config;
  throw new CommandError(
    'Product sync is not configured in OrderCloud yet. Configure it with: ordercloud-product-sync connect',
  );
}

async function nullIfNotFound(reading: Promise<unknown>): Promise<Model | null> {
  try {
    return (await reading) as Model;
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

/** The targets that a delivery configuration has, by name. */
export function targetsOf(deliveryConfig: Model | null): Map<string, Model> {
  const targets = deliveryConfig?.DeliveryTargets;
  const entries = Object.entries(isModel(targets) ? targets : {});
  return new Map(entries.flatMap(([name, target]) => (isModel(target) ? [[name, target]] : [])));
}

/**
 * Makes sure that this user sees every product. A supplier's user sees only the supplier's own: all others would look as
 * if they did not exist.
 */
export async function requireSeller(api: OrderCloudApi): Promise<void> {
  // The call gets its token, and makes no request.
  const token = await api.call(async (_, { accessToken = '' }) => accessToken);
  const { usrtype } = decodeJwt<{ usrtype?: string }>(token);
  if (usrtype === undefined || usrtype.toLowerCase() === 'admin') return;
  throw new CommandError(
    `The API client logs in as a ${usrtype} user, who does not see every product of the marketplace: use an API client of the seller.`,
  );
}
