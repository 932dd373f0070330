import type { Container } from '@azure/cosmos';
import type { WebhookLoad } from './webhook-load.ts';

/** How many products are not stored as their last acknowledged webhook says, nor as one sent later without an answer. */
export async function lostProducts(
  products: Container,
  { acknowledged, unanswered }: Pick<WebhookLoad, 'acknowledged' | 'unanswered'>,
): Promise<number> {
  const { resources } = await products.items
    .query<{ id: string; name: string }>('SELECT c.id, c.name FROM c')
    .fetchAll();
  const stored = new Map(resources.map(({ id, name }) => [id, name]));
  const isLost = ([id, revision]: [string, string]) => {
    const name = stored.get(id) ?? '';
    return name !== revision && !(unanswered.has(name) && numberOf(name) > numberOf(revision));
  };
  return [...acknowledged].filter(isLost).length;
}

function numberOf(revision: string): number {
  return Number(revision.replace('revision ', ''));
}
