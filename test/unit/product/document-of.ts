import type { ProductContent, Warning } from '../../../src/product/document.ts';
import type { Change } from '../../../src/sync/change.ts';
import { eventHubDelivery } from '../../support/deliveries.ts';
import { changeFrom } from '../../support/messages.ts';

/** The change that `product.updated` with these properties comes to. */
export function changeOf(product: object): Change {
  return changeFrom(eventHubDelivery({ payload: { ProductID: 'CHEMEX-6', ...product } }));
}

/** The document, without its sync mark, that `product.updated` with these properties comes to. */
export function documentOf(product: object): ProductContent {
  const { content } = changeOf(product);
  if (content === null) throw new Error('expected a product, not a delete');
  return content;
}

/** The warnings that `product.updated` with these properties comes to, as code and path. */
export function warningsOf(product: object): [Warning['code'], string][] {
  return changeOf(product).sync.warnings.map(({ code, path }) => [code, path]);
}
