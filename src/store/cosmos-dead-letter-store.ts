import type { Container, ItemDefinition } from '@azure/cosmos';
import { cosmosCall } from './cosmos-call.ts';
import { toStoreError } from './cosmos-errors.ts';
import type { DeadLetter } from './dead-letter.ts';
import type { DeadLetterStore } from './dead-letter-store.ts';
import type { StoreCallOptions } from './product-store.ts';
import { StoreUnavailableError } from './store-errors.ts';

/** How often to try to keep a dead letter that others change or remove meanwhile; then it is a transient failure. */
const MAX_ATTEMPTS = 5;

/** The dead-letters container in Cosmos DB. */
export function cosmosDeadLetterStore(container: () => Promise<Container>): DeadLetterStore {
  return {
    async keep(deadLetter, options = {}) {
      try {
        for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
          if (await isCreated(container, deadLetter, options)) return;
          // A broker's has its position in its id: one that exists already is the same.
          if (deadLetter.transport !== 'http') return;
          if (await isMovedForward(container, deadLetter, options)) return;
        }
      } catch (error) {
        // A dead letter is made to fit, so a refusal is our fault: the message must not be acknowledged.
        const { message } = toStoreError(error);
        throw new StoreUnavailableError(message, { cause: error });
      }
      throw new StoreUnavailableError(`Lost ${MAX_ATTEMPTS} races for one dead letter in a row.`);
    },
  };
}

/** Whether it was not there before. */
function isCreated(
  container: () => Promise<Container>,
  deadLetter: DeadLetter,
  { signal, span }: StoreCallOptions,
): Promise<boolean> {
  return isDone([409], () =>
    cosmosCall(container, 'create', span, (deadLetters) =>
      deadLetters.items.create(deadLetter, { ...(signal && { abortSignal: signal }) }),
    ),
  );
}

/**
 * Whether the kept one now has the later of both times. If not, it is gone, or has changed since the read. (A patch would
 * send less, but no documentation says which right a patch needs, and the app has few.)
 */
async function isMovedForward(
  container: () => Promise<Container>,
  { id, time, receivedAt, ttl }: DeadLetter,
  { signal, span }: StoreCallOptions,
): Promise<boolean> {
  const withSignal = signal && { abortSignal: signal };
  const { resource, etag } = await cosmosCall(container, 'read', span, (deadLetters) =>
    deadLetters.item(id, id).read<ItemDefinition>({ ...withSignal }),
  );
  if (resource === undefined) return false;
  if (resource.time >= time) return true;
  const accessCondition = { type: 'IfMatch', condition: etag };
  return isDone([404, 412], () =>
    cosmosCall(container, 'replace', span, (deadLetters) =>
      deadLetters
        .item(id, id)
        .replace({ ...resource, time, receivedAt, ttl }, { accessCondition, ...withSignal }),
    ),
  );
}

/** Whether a write happens; false if it is refused with one of these statuses. */
async function isDone(refusals: readonly unknown[], write: () => Promise<unknown>): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    if (refusals.includes((error as { code?: unknown } | null)?.code)) return false;
    throw error;
  }
}
