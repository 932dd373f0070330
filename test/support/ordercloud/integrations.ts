import { randomUUID } from 'node:crypto';
import type { Marketplace, Model } from './marketplace.ts';
import {
  type Call,
  created,
  Failure,
  find,
  merged,
  noContent,
  notFound,
  ok,
  type Routes,
  requiredField,
} from './route.ts';

/** Marked as write-only in OrderCloud's .NET SDK: a GET does not give them. */
const WRITE_ONLY = new Set(['Secret', 'CustomAuthHeaderValue', 'ConnectionString', 'SaslPassword', 'ApiKey']);

/** Marked as required there. */
const REQUIRED: Record<string, readonly string[]> = {
  Http: ['Endpoint', 'Secret'],
  EventHub: ['EventHubName', 'ConnectionString'],
  Kafka: ['BootstrapServers', 'SaslUsername', 'SaslPassword', 'Topic'],
};

const MAX_LENGTHS: Record<string, number> = { Secret: 50, CustomAuthHeaderValue: 50, Name: 128 };

/** Delivery configurations, as much as `connect` uses of them, and the synchronization of products. */
export const integrationRoutes: Routes = {
  DeliveryConfigAdmin: {
    'GET /integrations/deliveryconfig/:id': ({ marketplace, id }) =>
      ok(shown(find(marketplace.deliveryConfigs, 'DeliveryConfig', id))),
    'POST /integrations/deliveryconfig': ({ marketplace, body }) => {
      const id = String(body.ID ?? randomUUID());
      if (marketplace.deliveryConfigs.has(id)) {
        throw new Failure(409, 'IdExists', 'Object already exists.').with({ ObjectType: 'DeliveryConfig' });
      }
      return created(saveConfig(marketplace, id, body));
    },
    'PATCH /integrations/deliveryconfig/:id': ({ marketplace, id, body }) => {
      const config = find(marketplace.deliveryConfigs, 'DeliveryConfig', id);
      return ok(saveConfig(marketplace, id, merged(config, body)));
    },
  },
  ProductSyncConfigAdmin: {
    'GET /integrations/productsync': ({ marketplace }) => ok(currentSync(marketplace)),
    'PUT /integrations/productsync': (call) => ok(saveSync(call, call.body)),
    'PATCH /integrations/productsync': (call) =>
      ok(saveSync(call, merged(currentSync(call.marketplace), call.body))),
    'DELETE /integrations/productsync': ({ marketplace }) => {
      currentSync(marketplace);
      marketplace.productSync = null;
      return noContent;
    },
    'POST /integrations/productsync/sync': ({ marketplace, body, outbox }) => {
      currentSync(marketplace);
      if (!body.ProductID) throw requiredField('ProductID');
      const id = String(body.ProductID);
      find(marketplace.products, 'Product', id);
      outbox.updated(id);
      return noContent;
    },
  },
};

function saveConfig(marketplace: Marketplace, id: string, config: Model): unknown {
  if (!config.Name) throw requiredField('Name');
  const targets = config.DeliveryTargets as Record<string, Model | null> | undefined;
  if (!targets) throw requiredField('DeliveryTargets');
  const present = Object.entries(targets).filter((entry): entry is [string, Model] => entry[1] !== null);
  for (const [name, target] of present) {
    for (const field of REQUIRED[name] ?? []) if (!target[field]) throw requiredField(`${name}.${field}`);
    for (const [field, value] of Object.entries(target)) requireLength(field, value);
  }
  requireLength('Name', config.Name);
  const saved = { Enabled: false, ...config, ID: id, DeliveryTargets: Object.fromEntries(present) };
  marketplace.deliveryConfigs.set(id, saved);
  return shown(saved);
}

function requireLength(field: string, value: unknown): void {
  const max = MAX_LENGTHS[field];
  if (max !== undefined && typeof value === 'string' && value.length > max) {
    throw new Failure(400, 'Validation.MaxLength', `${field} must not be longer than ${max} characters.`);
  }
}

function shown(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, part) => (WRITE_ONLY.has(key) ? undefined : part)));
}

function currentSync({ productSync }: Marketplace): Model {
  if (productSync === null) throw notFound('ProductSyncConfig', 'ProductSync');
  return productSync;
}

function saveSync({ marketplace, outbox }: Call, config: Model): Model {
  for (const field of ['SyncProductChanged', 'SyncProductDeleted']) {
    if (typeof config[field] !== 'boolean') throw requiredField(field);
  }
  if (!config.DeliveryConfigID) throw requiredField('DeliveryConfigID');
  find(marketplace.deliveryConfigs, 'DeliveryConfig', String(config.DeliveryConfigID));
  const saved: Model = { Paused: false, ExcludePriceSchedules: false, ConfigData: null, ...config };
  marketplace.productSync = saved;
  if (saved.Paused !== true) outbox.flush();
  return saved;
}
