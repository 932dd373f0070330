import { EventHubProducerClient } from '@azure/event-hubs';
import { PRODUCT_DELETED, PRODUCT_UPDATED } from '../../../src/message/message-type.ts';
import { signatureOf } from '../../../src/message/signature.ts';
import { checkedResponse } from '../leaks/check.ts';
import type { Marketplace, Model } from './marketplace.ts';

/** A message on its way to the delivery configuration's targets. */
export type OutgoingMessage = { type: string; payload: Model; targets: Record<string, Model> };

/** Takes a message where it belongs; the answer's status, or what the transport says. */
export type Deliver = (message: OutgoingMessage) => Promise<unknown>;

export type Outbox = ReturnType<typeof createOutbox>;

/** Sends product messages as OrderCloud does: deletes at once, updates held back while paused. */
export function createOutbox(marketplace: Marketplace, deliver: Deliver) {
  const underWay = new Set<Promise<void>>();
  const held = new Set<string>();
  /** What was sent and what became of it, in the order of the answers. */
  const sent: { message: OutgoingMessage; result: unknown }[] = [];

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
    updated(productId: string) {
      const { productSync } = marketplace;
      if (productSync?.SyncProductChanged !== true) return;
      if (productSync.Paused === true) held.add(productId);
      else sendUpdate(productId);
    },
    deleted(productId: string) {
      if (marketplace.productSync?.SyncProductDeleted !== true) return;
      send(PRODUCT_DELETED, { ProductID: productId, Marketplace: marketplace.id });
    },
    /** Sends what waited while synchronization was paused, each product once. */
    flush() {
      for (const productId of held) sendUpdate(productId);
      held.clear();
    },
    /** Resolves when nothing is on its way. */
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

/** Posts a message to the `Http` target, signed with its secret, and gives the answer's status. */
export async function deliverByHttp({ type, payload, targets }: OutgoingMessage): Promise<number | null> {
  const target = targets.Http;
  if (target === undefined) return null;
  const body = Buffer.from(JSON.stringify({ Headers: { type }, Payload: payload }));
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'x-oc-hash': signatureOf(body, String(target.Secret)),
  };
  if (target.CustomAuthHeaderName) {
    headers[String(target.CustomAuthHeaderName)] = String(target.CustomAuthHeaderValue);
  }
  const response = await fetch(String(target.Endpoint), { method: 'POST', body, headers });
  return (await checkedResponse(response)).status;
}

/** Sends a message to the `EventHub` target: the payload alone, its type beside it, products by key. */
export async function deliverByEventHub({ type, payload, targets }: OutgoingMessage): Promise<string | null> {
  const target = targets.EventHub;
  if (target === undefined) return null;
  const producer = new EventHubProducerClient(String(target.ConnectionString), String(target.EventHubName), {
    // A hub that is gone must not hold the test up.
    retryOptions: { maxRetries: 1, retryDelayInMs: 200, timeoutInMs: 10_000 },
  });
  try {
    const event = { body: Buffer.from(JSON.stringify(payload)), properties: { type } };
    await producer.sendBatch([event], { partitionKey: String(payload.ProductID) });
    return 'sent';
  } finally {
    await producer.close();
  }
}
