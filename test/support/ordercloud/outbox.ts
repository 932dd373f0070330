import { PRODUCT_DELETED, PRODUCT_UPDATED } from '../../../src/message/message-type.ts';
import type { Marketplace, Model } from './marketplace.ts';

/** A message on its way to the delivery configuration's targets. */
export type OutgoingMessage = { type: string; payload: Model; targets: Record<string, Model> };

/** Takes a message where it belongs; the answer's status, or what the transport says. */
export type Deliver = (message: OutgoingMessage) => Promise<unknown>;

export type Outbox = {
  updated(productId: string): void;
  deleted(productId: string): void;
  /** Sends what waited while synchronization was paused, each product once. */
  flush(): void;
  /** Resolves when nothing is on its way. */
  settled(): Promise<void>;
  /** What was sent and what became of it, in the order of the answers. */
  sent: { message: OutgoingMessage; result: unknown }[];
};

/** Sends product messages as OrderCloud does: deletes at once, updates held back while paused. */
export function createOutbox(marketplace: Marketplace, deliver: Deliver): Outbox {
  const underWay = new Set<Promise<void>>();
  const held = new Set<string>();
  const sent: Outbox['sent'] = [];

  const send = (type: string, payload: Model) => {
    const config = marketplace.deliveryConfigs.get(String(marketplace.productSync?.DeliveryConfigID));
    if (config?.Enabled !== true) return;
    const message = { type, payload, targets: config.DeliveryTargets as Record<string, Model> };
    const work = deliver(message)
      .catch((error: unknown) => error)
      .then((result) => void sent.push({ message, result }))
      .finally(() => underWay.delete(work));
    underWay.add(work);
  };

  const sendUpdate = (productId: string) => {
    const product = marketplace.products.get(productId);
    if (product !== undefined) send(PRODUCT_UPDATED, payloadOf(marketplace, product));
  };

  return {
    sent,
    updated(productId) {
      const { productSync } = marketplace;
      if (productSync?.SyncProductChanged !== true) return;
      if (productSync.Paused === true) held.add(productId);
      else sendUpdate(productId);
    },
    deleted(productId) {
      if (marketplace.productSync?.SyncProductDeleted !== true) return;
      send(PRODUCT_DELETED, { ProductID: productId, Marketplace: marketplace.id });
    },
    flush() {
      for (const productId of held) sendUpdate(productId);
      held.clear();
    },
    async settled() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}

function payloadOf(marketplace: Marketplace, product: Model): Model {
  const { ID, OwnerID = marketplace.id, IsBundle, DateCreated, ...rest } = product;
  const id = String(ID);
  const catalogs = [...marketplace.catalogs].filter(([, products]) => products.has(id)).map(([name]) => name);
  const payload = { ProductID: ID, Marketplace: marketplace.id, OwnerID, ...rest, Catalogs: catalogs };
  if (marketplace.productSync?.ExcludePriceSchedules === true) return payload;
  const schedule = marketplace.priceSchedules.get(String(product.DefaultPriceScheduleID));
  return {
    ...payload,
    DefaultPriceSchedule: schedule && priceScheduleOf(schedule),
    PartyPriceSchedules: [],
    SellerDefaultPriceSchedules: [],
  };
}

/** The message and the API call the sale's ends by different names. */
function priceScheduleOf({ SaleStart, SaleEnd, ...rest }: Model): Model {
  return { ...rest, SalesStart: SaleStart ?? null, SalesEnd: SaleEnd ?? null };
}
