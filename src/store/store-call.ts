import type { Container, RequestOptions } from '@azure/cosmos';
import type { Span } from '@opentelemetry/api';
import { record } from '../telemetry/metrics.ts';
import { noteFailure, startSpan } from '../telemetry/trace.ts';
import type { StoreCallOptions } from './product-store.ts';
import { toStoreError } from './store-errors.ts';

/** Writes, and the statuses that say that such a write met another version than it expected. */
const CONFLICTS = {
  create: ['409'],
  replace: ['404', '409', '412'],
  patch: ['404', '412'],
  delete: ['404', '412'],
} as const;

type Write = keyof typeof CONFLICTS;

/** `ifMatch` is the only version that a write may change. */
type CallOptions<Operation> = StoreCallOptions & { operation: Operation; ifMatch?: string | undefined };

type Call<Answer> = (container: Container, options: RequestOptions) => Promise<Answer>;

/**
 * Makes one call to a container, as a span with its status and cost, and counts it. The names are those of
 * OpenTelemetry's conventions for Cosmos DB. Errors are `StoreRefusedError` and `StoreUnavailableError` only.
 */
export async function storeCall<Answer extends object>(
  container: () => Promise<Container>,
  options: CallOptions<'read'>,
  call: Call<Answer>,
): Promise<Answer>;
export async function storeCall<Answer extends object>(
  container: () => Promise<Container>,
  options: CallOptions<Write>,
  call: Call<Answer>,
): Promise<Answer | 'conflict'>;
export async function storeCall<Answer extends object>(
  container: () => Promise<Container>,
  { operation, ifMatch, signal, span: parent }: CallOptions<'read' | Write>,
  call: Call<Answer>,
): Promise<Answer | 'conflict'> {
  const request: RequestOptions = {
    ...(ifMatch !== undefined && { accessCondition: { type: 'IfMatch', condition: ifMatch } }),
    ...(signal && { abortSignal: signal }),
  };
  const target = await container().catch((error: unknown) => {
    throw toStoreError(error);
  });
  const span = startSpan(`${operation}_item ${target.id}`, { parent, isCall: true });
  const startedAt = performance.now();
  const note = (outcome: Outcome) => noteCall({ target, operation, span, outcome, startedAt });
  try {
    const answer = await call(target, request);
    note(outcomeOf(answer));
    return answer;
  } catch (error) {
    const outcome = outcomeOf(error);
    note(outcome);
    if (isConflict(operation, outcome)) return 'conflict';
    noteFailure(span, error);
    throw toStoreError(error);
  } finally {
    span.end();
  }
}

/** What the library's answers and errors have in common. */
type Outcome = {
  /** A status, or for the network a code such as ECONNRESET. */
  status: string;
  subStatus: number | undefined;
  headers: Readonly<Record<string, unknown>>;
};

function outcomeOf(answer: unknown): Outcome {
  const { statusCode, code, name, substatus, headers } = (answer ?? {}) as Record<string, unknown>;
  return {
    status: String(statusCode ?? code ?? name ?? 'unknown'),
    subStatus: typeof substatus === 'number' ? substatus : undefined,
    headers: (headers ?? {}) as Outcome['headers'],
  };
}

function isConflict(operation: 'read' | Write, { status }: Outcome): boolean {
  return operation !== 'read' && CONFLICTS[operation].some((conflict) => conflict === status);
}

type NotedCall = {
  target: Container;
  operation: 'read' | Write;
  span: Span;
  outcome: Outcome;
  startedAt: number;
};

function noteCall({ target, operation, span, outcome, startedAt }: NotedCall): void {
  const { status, subStatus, headers } = outcome;
  const charge = Number(headers['x-ms-request-charge']) || 0;
  span.setAttributes({
    // The old name of the next one, which Application Insights' exporter reads.
    'db.system': 'azure.cosmosdb',
    'db.system.name': 'azure.cosmosdb',
    'db.operation.name': `${operation}_item`,
    'db.collection.name': target.id,
    'db.namespace': target.database.id,
    'db.response.status_code': status,
    'azure.cosmosdb.response.sub_status_code': subStatus || undefined,
    'azure.cosmosdb.operation.request_charge': charge,
  });
  const attributes = { container: target.id, operation };
  record('productsync.store.duration', performance.now() - startedAt, { ...attributes, status });
  record('productsync.request.charge', charge, attributes);
  if (isConflict(operation, outcome)) record('productsync.store.conflicts', 1, attributes);
  const throttled = (Number(headers['x-ms-throttle-retry-count']) || 0) + (status === '429' ? 1 : 0);
  if (throttled > 0) record('productsync.store.throttles', throttled, attributes);
}
