import type { OrderCloudApi } from '../ordercloud/api.ts';
import { isModel, type Model } from '../ordercloud/model.ts';
import { readDeliveryConfig, readProductSync } from '../ordercloud/sync-state.ts';

/** The targets that lead to this app, as far as OrderCloud shows them: never a secret. */
export type Targets = {
  http: { endpoint: string } | null;
  eventHub: { hub: string } | null;
  kafka: { brokers: string; topic: string } | null;
  /** Names of all others. */
  others: string[];
};

/** What OrderCloud holds of product synchronization. */
export type OrderCloudSide = {
  /** Null: not configured. */
  productSync: {
    changed: boolean;
    deleted: boolean;
    paused: boolean;
    excludesPrices: boolean;
    deliveryConfigId: string | null;
  } | null;
  /** Null: there is none of that ID. */
  delivery: { enabled: boolean; targets: Targets } | null;
};

/** Reads what OrderCloud holds of product synchronization. */
export async function readOrderCloudSide(api: OrderCloudApi, signal: AbortSignal): Promise<OrderCloudSide> {
  const config = await readProductSync(api, { signal });
  if (config === null) return { productSync: null, delivery: null };
  const deliveryConfigId = textOf(config.DeliveryConfigID);
  const delivery =
    deliveryConfigId === null ? null : await readDeliveryConfig(api, deliveryConfigId, { signal });
  return {
    productSync: {
      changed: config.SyncProductChanged === true,
      deleted: config.SyncProductDeleted === true,
      paused: config.Paused === true,
      excludesPrices: config.ExcludePriceSchedules === true,
      deliveryConfigId,
    },
    delivery: delivery && { enabled: delivery.Enabled === true, targets: targetsOf(delivery) },
  };
}

const OWN = new Set(['Http', 'EventHub', 'Kafka']);

function targetsOf(delivery: Model): Targets {
  const all = isModel(delivery.DeliveryTargets) ? delivery.DeliveryTargets : {};
  const target = (name: string): Model | null => {
    const found = all[name];
    return isModel(found) ? found : null;
  };
  const [http, eventHub, kafka] = [target('Http'), target('EventHub'), target('Kafka')];
  return {
    http: http && { endpoint: withoutQuery(textOf(http.Endpoint) ?? '') },
    eventHub: eventHub && { hub: textOf(eventHub.EventHubName) ?? '' },
    kafka: kafka && { brokers: textOf(kafka.BootstrapServers) ?? '', topic: textOf(kafka.Topic) ?? '' },
    others: Object.keys(all).filter((name) => !OWN.has(name) && isModel(all[name])),
  };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** A query may hold a function key. */
function withoutQuery(address: string): string {
  if (!URL.canParse(address)) return '';
  const { origin, pathname } = new URL(address);
  return `${origin}${pathname}`;
}
