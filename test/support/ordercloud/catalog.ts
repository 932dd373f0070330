import { notFound } from './failure.ts';
import { listPage } from './listing.ts';
import { type Marketplace, type Model, merged } from './marketplace.ts';
import { created, noContent, ok, type Route } from './route.ts';

const PRODUCT = /^\/products\/([^/]+)$/i;

/** Products and price schedules: reading for the commands, writing so that a test changes what a shop owner would. */
export const catalogRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: /^\/products$/i,
    needs: 'ProductReader',
    answer: ({ marketplace, query }) => ok(listPage(productsOf(marketplace, query.get('catalogID')), query)),
  },
  {
    method: 'GET',
    path: PRODUCT,
    needs: 'ProductReader',
    answer: ({ marketplace, params: [id] }) => ok(find(marketplace.products, 'Product', id)),
  },
  {
    method: 'PUT',
    path: PRODUCT,
    needs: 'ProductAdmin',
    answer: ({ marketplace, params: [id = ''], body, outbox }) => {
      const isNew = !marketplace.products.has(id);
      const saved = { Active: false, Name: id, ...body, ID: id };
      marketplace.products.set(id, saved);
      outbox.updated(id);
      return isNew ? created(saved) : ok(saved);
    },
  },
  {
    method: 'PATCH',
    path: PRODUCT,
    needs: 'ProductAdmin',
    answer: ({ marketplace, params: [id = ''], body, outbox }) => {
      const saved = merged(find(marketplace.products, 'Product', id), body);
      marketplace.products.set(id, saved);
      outbox.updated(id);
      return ok(saved);
    },
  },
  {
    method: 'DELETE',
    path: PRODUCT,
    needs: 'ProductAdmin',
    answer: ({ marketplace, params: [id = ''], outbox }) => {
      find(marketplace.products, 'Product', id);
      marketplace.products.delete(id);
      for (const assigned of marketplace.catalogs.values()) assigned.delete(id);
      outbox.deleted(id);
      return noContent;
    },
  },
  {
    method: 'GET',
    path: /^\/priceschedules$/i,
    needs: 'PriceScheduleReader',
    answer: ({ marketplace, query }) => ok(listPage(marketplace.priceSchedules.values(), query)),
  },
  {
    method: 'GET',
    path: /^\/priceschedules\/([^/]+)$/i,
    needs: 'PriceScheduleReader',
    answer: ({ marketplace, params: [id] }) => ok(find(marketplace.priceSchedules, 'PriceSchedule', id)),
  },
];

function productsOf({ products, catalogs }: Marketplace, catalogId: string | null): Model[] {
  if (catalogId === null) return [...products.values()];
  const assigned = catalogs.get(catalogId);
  if (assigned === undefined) throw notFound('Catalog', catalogId);
  return [...products.values()].filter(({ ID }) => assigned.has(String(ID)));
}

function find(all: ReadonlyMap<string, Model>, objectType: string, id = ''): Model {
  const found = all.get(id);
  if (found === undefined) throw notFound(objectType, id);
  return found;
}
