type Rule = { path: RegExp; read: string; write: string };

/** Paths below /v1, with the role that OrderCloud's API reference asks for. */
const RULES: readonly Rule[] = [
  { path: /^\/integrations\/deliveryconfig/i, read: 'DeliveryConfigAdmin', write: 'DeliveryConfigAdmin' },
  { path: /^\/integrations\/productsync/i, read: 'ProductSyncConfigAdmin', write: 'ProductSyncConfigAdmin' },
  { path: /^\/products/i, read: 'ProductReader', write: 'ProductAdmin' },
  { path: /^\/priceschedules/i, read: 'PriceScheduleReader', write: 'PriceScheduleAdmin' },
  { path: /^\/catalogs/i, read: 'CatalogReader', write: 'CatalogAdmin' },
];

/** The role a call needs, for the message when it is missing; null for a path that nothing here calls. */
export function neededRole(method: string, path: string): string | null {
  const rule = RULES.find((each) => each.path.test(path));
  if (rule === undefined) return null;
  return method.toUpperCase() === 'GET' ? rule.read : rule.write;
}
