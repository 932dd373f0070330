import type { Container, ItemDefinition, ItemResponse, RequestOptions } from '@azure/cosmos';
import type { Span } from '@opentelemetry/api';
import { record } from '../telemetry/metrics.ts';
import { traced } from '../telemetry/trace.ts';
import type { StoreCallOptions, WriteResult } from './product-store.ts';
import { toStoreError } from './store-errors.ts';

/** What calls do, and the answers by which a write says that it met another version than it expected. */
const CONFLICTS = {
  read: [],
  create: ['409'],
  replace: ['404', '409', '412'],
  delete: ['404', '412'],
} as const;

type Operation = keyof typeof CONFLICTS;

/** `ifMatch` is the only version that a write may change. */
type WriteOptions = StoreCallOptions & { ifMatch?: string | undefined };

type Conflict<Op> = Op extends 'read' ? never : 'conflict';

/**
 * Makes one call to a container, as a span with its status and cost, and counts it. The names are those of
 * OpenTelemetry's conventions for Cosmos DB. Errors are `StoreRefusedError` and `StoreUnavailableError` only.
 */
async function storeCall<Op extends Operation, Answer extends object>(
  container: () => Promise<Container>,
  { operation, ifMatch, signal, span: parent }: WriteOptions & { operation: Op },
  call: (container: Container, options: RequestOptions) => Promise<Answer>,
): Promise<Answer | Conflict<Op>> {
  const target = await container().catch((error: unknown) => {
    throw toStoreError(error);
  });
  return traced(`${operation}_item ${target.id}`, { parent, isCall: true }, async (span) => {
    const startedAt = performance.now();
    const note = (answer: unknown) => {
      const outcome = outcomeOf(operation, answer);
      noteSpan(span, target, outcome);
      noteMetrics(target, outcome, performance.now() - startedAt);
      return outcome;
    };
    try {
      const answer = await call(target, {
        ...(ifMatch !== undefined && { accessCondition: { type: 'IfMatch', condition: ifMatch } }),
        ...(signal && { abortSignal: signal }),
      });
      note(answer);
      return answer;
    } catch (error) {
      if (note(error).isConflict) return 'conflict' as Conflict<Op>;
      throw toStoreError(error);
    }
  });
}

/** Reads an item; its `resource` is undefined where there is none. */
export function readItem<Item extends ItemDefinition>(
  container: () => Promise<Container>,
  id: string,
  options: StoreCallOptions = {},
): Promise<ItemResponse<Item>> {
  return storeCall(container, { ...options, operation: 'read' }, (target, request) =>
    target.item(id, id).read<Item>(request),
  );
}

/** Creates an item; conflict where its id exists. */
export function createItem(
  container: () => Promise<Container>,
  item: ItemDefinition,
  options: StoreCallOptions = {},
): Promise<WriteResult> {
  return storeCall(container, { ...options, operation: 'create' }, (target, request) =>
    target.items.create(item, request),
  );
}

/**
 * Cosmos DB then does not send back what was written: its other libraries name this `EnableContentResponseOnWrite`. This
 * one has it for batches only, and its `create` needs the item in the answer.
 */
const RETURN_NOTHING = { Prefer: 'return=minimal' };

/** Replaces the item with its id; conflict where that is gone, or of another version. */
export function replaceItem(
  container: () => Promise<Container>,
  item: ItemDefinition & { id: string },
  options: WriteOptions,
): Promise<WriteResult> {
  return storeCall(container, { ...options, operation: 'replace' }, (target, request) =>
    target.item(item.id, item.id).replace(item, { ...request, initialHeaders: RETURN_NOTHING }),
  );
}

/** Removes an item; conflict where it is gone, or of another version. */
export function removeItem(
  container: () => Promise<Container>,
  id: string,
  options: WriteOptions,
): Promise<object | 'conflict'> {
  return storeCall(container, { ...options, operation: 'delete' }, (target, request) =>
    target.item(id, id).delete(request),
  );
}

/** What the library's answers and errors have in common. */
type Outcome = {
  operation: Operation;
  /** A status, or for the network a code such as ECONNRESET. */
  status: string;
  subStatus: number | undefined;
  isConflict: boolean;
  /** In request units. */
  charge: number;
  /** How often the library waited out throttling, or gave up on it. */
  throttled: number;
};

function outcomeOf(operation: Operation, answer: unknown): Outcome {
  const { statusCode, code, name, substatus, headers } = (answer ?? {}) as Record<string, unknown>;
  const { 'x-ms-request-charge': charge, 'x-ms-throttle-retry-count': retries } = (headers ?? {}) as Record<
    string,
    unknown
  >;
  const status = String(statusCode ?? code ?? name ?? 'unknown');
  return {
    operation,
    status,
    subStatus: typeof substatus === 'number' ? substatus : undefined,
    isConflict: CONFLICTS[operation].some((conflict) => conflict === status),
    charge: Number(charge) || 0,
    throttled: (Number(retries) || 0) + (status === '429' ? 1 : 0),
  };
}

function noteSpan(span: Span, { id, database }: Container, outcome: Outcome): void {
  span.setAttributes({
    // The old name of the next one, which Application Insights' exporter reads.
    'db.system': 'azure.cosmosdb',
    'db.system.name': 'azure.cosmosdb',
    'db.operation.name': `${outcome.operation}_item`,
    'db.collection.name': id,
    'db.namespace': database.id,
    'db.response.status_code': outcome.status,
    'azure.cosmosdb.response.sub_status_code': outcome.subStatus || undefined,
    'azure.cosmosdb.operation.request_charge': outcome.charge,
  });
}

function noteMetrics({ id: container }: Container, outcome: Outcome, durationMs: number): void {
  const { operation, status, isConflict, charge, throttled } = outcome;
  record('productsync.store.duration', durationMs, { container, operation, status });
  record('productsync.request.charge', charge, { container, operation });
  if (isConflict) record('productsync.store.conflicts', 1, { container, operation });
  if (throttled > 0) record('productsync.store.throttles', throttled, { container, operation });
}
