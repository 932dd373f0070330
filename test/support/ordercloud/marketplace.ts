import { notFound } from './failure.ts';

/** A model of the API, with whatever else it may hold. */
export type Model = Record<string, unknown>;

/** What is in OrderCloud: a test may look at it, and change it as somebody else would. */
export type Marketplace = {
  id: string;
  products: Map<string, Model>;
  priceSchedules: Map<string, Model>;
  /** Product IDs by catalog. */
  catalogs: Map<string, Set<string>>;
  deliveryConfigs: Map<string, Model>;
  productSync: Model | null;
};

export function emptyMarketplace(): Marketplace {
  return {
    id: 'roastery',
    products: new Map(),
    priceSchedules: new Map(),
    catalogs: new Map(),
    deliveryConfigs: new Map(),
    productSync: null,
  };
}

export function find(models: ReadonlyMap<string, Model>, type: string, id: string): Model {
  const found = models.get(id);
  if (found === undefined) throw notFound(type, id);
  return found;
}

/** As OrderCloud's PATCH: objects are merged, everything else replaced, null takes away. */
export function merged(into: Model, change: Model): Model {
  const result: Model = { ...into };
  for (const [name, value] of Object.entries(change)) {
    const former = result[name];
    if (value === null) delete result[name];
    else result[name] = isModel(value) && isModel(former) ? merged(former, value) : value;
  }
  return result;
}

function isModel(value: unknown): value is Model {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** IDs as long lists have them: `P-000`, `P-001` … */
export function numbered(count: number, digits = 3): string[] {
  return Array.from({ length: count }, (_, at) => `P-${String(at).padStart(digits, '0')}`);
}

/** Adds products of these IDs, named like them. */
export function addProducts({ products }: Marketplace, ...ids: string[]): void {
  for (const ID of ids) products.set(ID, { ID, Name: ID, Active: true });
}
