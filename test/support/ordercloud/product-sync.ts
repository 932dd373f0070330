import { notFound, requiredField } from './failure.ts';
import { type Marketplace, type Model, merged } from './marketplace.ts';
import { noContent, ok, type Route } from './route.ts';

const NEEDS = 'ProductSyncConfigAdmin';
const CONFIG = /^\/integrations\/productsync$/i;

export const productSyncRoutes: readonly Route[] = [
  { method: 'GET', path: CONFIG, needs: NEEDS, answer: ({ marketplace }) => ok(current(marketplace)) },
  {
    method: 'PUT',
    path: CONFIG,
    needs: NEEDS,
    answer: ({ marketplace, body, outbox }) => ok(save(marketplace, body, outbox.flush)),
  },
  {
    method: 'PATCH',
    path: CONFIG,
    needs: NEEDS,
    answer: ({ marketplace, body, outbox }) =>
      ok(save(marketplace, merged(current(marketplace), body), outbox.flush)),
  },
  {
    method: 'DELETE',
    path: CONFIG,
    needs: NEEDS,
    answer: ({ marketplace }) => {
      current(marketplace);
      marketplace.productSync = null;
      return noContent;
    },
  },
  {
    method: 'POST',
    path: /^\/integrations\/productsync\/sync$/i,
    needs: NEEDS,
    answer: ({ marketplace, body, outbox }) => {
      current(marketplace);
      if (!body.ProductID) throw requiredField('ProductID');
      const id = String(body.ProductID);
      if (!marketplace.products.has(id)) throw notFound('Product', id);
      outbox.updated(id);
      return noContent;
    },
  },
];

function current({ productSync }: Marketplace): Model {
  if (productSync === null) throw notFound('ProductSyncConfig', 'ProductSync');
  return productSync;
}

function save(marketplace: Marketplace, body: Model, flush: () => void): Model {
  for (const field of ['SyncProductChanged', 'SyncProductDeleted']) {
    if (typeof body[field] !== 'boolean') throw requiredField(field);
  }
  const id = body.DeliveryConfigID;
  if (!id) throw requiredField('DeliveryConfigID');
  if (!marketplace.deliveryConfigs.has(String(id))) throw notFound('DeliveryConfig', String(id));
  marketplace.productSync = { Paused: false, ExcludePriceSchedules: false, ConfigData: null, ...body };
  if (marketplace.productSync.Paused !== true) flush();
  return marketplace.productSync;
}
