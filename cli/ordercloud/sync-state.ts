import { decodeJwt } from 'jose';
import { z } from 'zod';
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

/** What OrderCloud's tokens say about their user: `admin` is a user of the seller. */
const Claims = z.object({ usrtype: z.string() });

/**
 * Makes sure that this user sees every product. A supplier's user sees only the supplier's own: all others would look as
 * if they did not exist.
 */
export async function requireSeller(api: OrderCloudApi): Promise<void> {
  // The call gets its token, and makes no request.
  const token = await api.call(async (_, { accessToken }) => accessToken);
  const userType = userTypeIn(token ?? '');
  if (userType === null || userType === 'admin') return;
  throw new CommandError(
    `The API client logs in as a ${userType} user, who does not see every product of the marketplace: use an API client of the seller.`,
  );
}

/** Null if the token does not say. */
function userTypeIn(token: string): string | null {
  try {
    return Claims.parse(decodeJwt(token)).usrtype.toLowerCase();
  } catch {
    return null;
  }
}
