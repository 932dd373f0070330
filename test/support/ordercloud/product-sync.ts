import { notFound, requiredField } from './failure.ts';
import { find, type Marketplace, type Model, merged } from './marketplace.ts';
import { type Call, noContent, ok, type Routes } from './route.ts';

const needs = 'ProductSyncConfigAdmin';

export const productSyncRoutes: Routes = {
  'GET /integrations/productsync': { needs, answer: ({ marketplace }) => ok(current(marketplace)) },
  'PUT /integrations/productsync': { needs, answer: (call) => ok(save(call, call.body)) },
  'PATCH /integrations/productsync': {
    needs,
    answer: (call) => ok(save(call, merged(current(call.marketplace), call.body))),
  },
  'DELETE /integrations/productsync': {
    needs,
    answer: ({ marketplace }) => {
      current(marketplace);
      marketplace.productSync = null;
      return noContent;
    },
  },
  'POST /integrations/productsync/sync': {
    needs,
    answer: ({ marketplace, body, outbox }) => {
      current(marketplace);
      if (!body.ProductID) throw requiredField('ProductID');
      const id = String(body.ProductID);
      find(marketplace.products, 'Product', id);
      outbox.updated(id);
      return noContent;
    },
  },
};

function current({ productSync }: Marketplace): Model {
  if (productSync === null) throw notFound('ProductSyncConfig', 'ProductSync');
  return productSync;
}

function save({ marketplace, outbox }: Call, config: Model): Model {
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
