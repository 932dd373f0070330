import type { Container } from '@azure/cosmos';
import { cosmosCall } from './cosmos-call.ts';
import { toStoreError } from './cosmos-errors.ts';
import type { DeadLetterStore } from './dead-letter-store.ts';
import { StoreUnavailableError } from './store-errors.ts';

/** The dead-letters container in Cosmos DB. */
export function cosmosDeadLetterStore(container: () => Promise<Container>): DeadLetterStore {
  return {
    async createIfAbsent(deadLetter, { signal, span } = {}) {
      try {
        await cosmosCall(container, 'create', span, (deadLetters) =>
          deadLetters.items.create(deadLetter, { ...(signal && { abortSignal: signal }) }),
        );
      } catch (error) {
        if ((error as { code?: unknown }).code === 409) return;
        // A dead letter is made to fit, so a refusal is a fault of ours: the message must not be acknowledged.
        const { message } = toStoreError(error);
        throw new StoreUnavailableError(message, { cause: error });
      }
    },
  };
}
