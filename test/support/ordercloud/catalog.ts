import { notFound } from './failure.ts';
import { listPage } from './listing.ts';
import { find, type Model, merged } from './marketplace.ts';
import { type Call, created, noContent, ok, type Routes } from './route.ts';

/** Products and price schedules: reading for the commands, writing so that a test changes what a shop owner would. */
export const catalogRoutes: Routes = {
  'GET /products': {
    needs: 'ProductReader',
    answer: (call) => ok(listPage(productsOfCatalog(call), call.query)),
  },
  'GET /products/:id': {
    needs: 'ProductReader',
    answer: ({ marketplace, id }) => ok(find(marketplace.products, 'Product', id)),
  },
  'PUT /products/:id': {
    needs: 'ProductAdmin',
    answer: (call) => {
      const answer = call.marketplace.products.has(call.id) ? ok : created;
      return answer(saveProduct(call, call.body));
    },
  },
  'PATCH /products/:id': {
    needs: 'ProductAdmin',
    answer: (call) => {
      const product = find(call.marketplace.products, 'Product', call.id);
      return ok(saveProduct(call, merged(product, call.body)));
    },
  },
  'DELETE /products/:id': {
    needs: 'ProductAdmin',
    answer: ({ marketplace: { products, catalogs }, outbox, id }) => {
      find(products, 'Product', id);
      products.delete(id);
      for (const assigned of catalogs.values()) assigned.delete(id);
      outbox.deleted(id);
      return noContent;
    },
  },
  'GET /priceschedules': {
    needs: 'PriceScheduleReader',
    answer: ({ marketplace, query }) => ok(listPage([...marketplace.priceSchedules.values()], query)),
  },
  'GET /priceschedules/:id': {
    needs: 'PriceScheduleReader',
    answer: ({ marketplace, id }) => ok(find(marketplace.priceSchedules, 'PriceSchedule', id)),
  },
};

function productsOfCatalog({ marketplace: { products, catalogs }, query }: Call): Model[] {
  const catalogId = query.get('catalogID');
  if (catalogId === null) return [...products.values()];
  const assigned = catalogs.get(catalogId);
  if (assigned === undefined) throw notFound('Catalog', catalogId);
  return [...products.values()].filter(({ ID }) => assigned.has(String(ID)));
}

function saveProduct({ marketplace, outbox, id }: Call, product: Model): Model {
  const saved = { Active: false, Name: id, ...product, ID: id };
  marketplace.products.set(id, saved);
  outbox.updated(id);
  return saved;
}
