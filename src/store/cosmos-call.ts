import type { Container } from '@azure/cosmos';
import type { Span } from '@opentelemetry/api';
import { record } from '../telemetry/metrics.ts';
import { traced } from '../telemetry/trace.ts';

type Operation = 'read' | 'create' | 'replace';

/** What answers of the SDK and its errors have in common. */
type Outcome = {
  /** A status, or for the network a text such as ECONNRESET. */
  status: string;
  subStatus: number | undefined;
  headers: Readonly<Record<string, unknown>>;
};

/** No failures: a read finds nothing; a conditional write finds one already there, changed or gone. */
const EXPECTED: Record<Operation, readonly string[]> = {
  read: ['404'],
  create: ['409'],
  replace: ['404', '412'],
};

/**
 * Makes one call to a container, as a span with its status and cost (the names are those of OpenTelemetry's
 * conventions for Cosmos DB), and counts it.
 */
export async function cosmosCall<Answer extends object>(
  container: () => Promise<Container>,
  operation: Operation,
  parent: Span | undefined,
  call: (container: Container) => Promise<Answer>,
): Promise<Answer> {
  const target = await container();
  const attributes = {
    // The former name of the next one, which Application Insights' exporter goes by.
    'db.system': 'azure.cosmosdb',
    'db.system.name': 'azure.cosmosdb',
    'db.operation.name': `${operation}_item`,
    'db.collection.name': target.id,
    'db.namespace': target.database.id,
  };
  const isExpected = (error: unknown) => EXPECTED[operation].includes(outcomeOf(error).status);
  const start = { attributes, parent, isCall: true, isExpected };
  return traced(`${operation}_item ${target.id}`, start, async (span) => {
    const startedAt = performance.now();
    const note = (outcome: Outcome) => {
      noteSpan(span, outcome);
      noteMetrics({ container: target.id, operation }, outcome, performance.now() - startedAt);
    };
    try {
      const answer = await call(target);
      note(outcomeOf(answer));
      return answer;
    } catch (error) {
      note(outcomeOf(error));
      throw error;
    }
  });
}

function outcomeOf(answer: unknown): Outcome {
  const { statusCode, code, name, substatus, headers } = (answer ?? {}) as Record<string, unknown>;
  return {
    status: String(statusCode ?? code ?? name ?? 'unknown'),
    subStatus: typeof substatus === 'number' ? substatus : undefined,
    headers: (headers ?? {}) as Outcome['headers'],
  };
}

function chargeOf({ headers }: Outcome): number {
  return Number(headers['x-ms-request-charge']) || 0;
}

function noteSpan(span: Span, outcome: Outcome): void {
  const { status, subStatus } = outcome;
  span.setAttributes({
    'db.response.status_code': status,
    ...(subStatus && { 'azure.cosmosdb.response.sub_status_code': subStatus }),
    'azure.cosmosdb.operation.request_charge': chargeOf(outcome),
  });
}

function noteMetrics(
  attributes: { container: string; operation: Operation },
  outcome: Outcome,
  durationMs: number,
): void {
  const { status, headers } = outcome;
  record('productsync.store.duration', durationMs, { ...attributes, status });
  record('productsync.request.charge', chargeOf(outcome), attributes);
  const isConflict = attributes.operation !== 'read' && EXPECTED[attributes.operation].includes(status);
  if (isConflict) record('productsync.store.conflicts', 1, attributes);
  const throttled = (Number(headers['x-ms-throttle-retry-count']) || 0) + (status === '429' ? 1 : 0);
  if (throttled > 0) record('productsync.store.throttles', throttled, attributes);
}
