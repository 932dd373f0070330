import type { Container, ItemDefinition } from '@azure/cosmos';
import type { DeadLetter, DeadLetterStore } from './dead-letter.ts';
import type { StoreCallOptions } from './product-store.ts';
import { createItem, readItem, replaceItem } from './store-call.ts';
import { StoreUnavailableError } from './store-errors.ts';

/** How often to try to keep a dead letter that others change or remove meanwhile; then it is a transient failure. */
const MAX_ATTEMPTS = 5;

/** The dead-letters container in Cosmos DB. */
export function cosmosDeadLetterStore(container: () => Promise<Container>): DeadLetterStore {
  return {
    async keep(deadLetter, options) {
      try {
        for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
          const created = await createItem(container, deadLetter, options);
          // A broker's has its position in its id: one that exists already is the same.
          if (created !== 'conflict' || deadLetter.transport !== 'http') return;
          if (await moveForward(container, deadLetter, options)) return;
        }
      } catch (error) {
        // A dead letter is made to fit, so a refusal is our fault: the message must not be acknowledged.
        const { message } = error as Error;
        throw new StoreUnavailableError(message, { cause: (error as Error).cause });
      }
      throw new StoreUnavailableError(`Lost ${MAX_ATTEMPTS} races for one dead letter in a row.`);
    },
  };
}

/**
 * Whether the kept one now has the later of both times. If not, it is gone, or has changed since the read. (A patch would
 * send less, but no documentation says which right a patch needs, and the app has few.)
 */
async function moveForward(
  container: () => Promise<Container>,
  { id, time, receivedAt, ttl }: DeadLetter,
  options: StoreCallOptions = {},
): Promise<boolean> {
  const { resource, etag } = await readItem<ItemDefinition>(container, id, options);
  if (resource === undefined) return false;
  if (resource.time >= time) return true;
  const moved = { ...resource, id, time, receivedAt, ttl };
  return (await replaceItem(container, moved, { ...options, ifMatch: etag })) !== 'conflict';
}
