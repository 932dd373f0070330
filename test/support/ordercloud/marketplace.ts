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

/** IDs as long lists have them: `P-000`, `P-001` … */
export function numbered(count: number, digits = 3): string[] {
  return Array.from({ length: count }, (_, at) => `P-${String(at).padStart(digits, '0')}`);
}

/** Adds products of these IDs, named like them. */
export function addProducts({ products }: Marketplace, ...ids: string[]): void {
  for (const ID of ids) products.set(ID, { ID, Name: ID, Active: true });
}
