import type { Container } from '@azure/cosmos';
import type { Attributes, Span } from '@opentelemetry/api';
import { record } from '../telemetry/metrics.ts';
import { traced } from '../telemetry/trace.ts';

type Operation = 'read' | 'create' | 'replace';

/** What the SDK's answers and errors have in common. */
type Outcome = {
  /** A status, or for the network a code such as ECONNRESET. */
  status: string;
  subStatus: number | undefined;
  headers: Readonly<Record<string, unknown>>;
};

/** These are no failures: a read finds nothing; a conditional write finds an item that exists, has changed or is gone. */
const EXPECTED: Record<Operation, readonly string[]> = {
  read: ['404'],
  create: ['409'],
  replace: ['404', '412'],
};

/**
 * Makes one call to a container, as a span with its status and cost, and counts it. The names are those of
 * OpenTelemetry's conventions for Cosmos DB.
 */
export async function cosmosCall<Answer extends object>(
  container: () => Promise<Container>,
  operation: Operation,
  parent: Span | undefined,
  call: (container: Container) => Promise<Answer>,
): Promise<Answer> {
  const target = await container();
  const { name, attributes, isExpected } = describedCalls(target)[operation];
  return traced(name, { attributes, parent, isCall: true, isExpected }, async (span) => {
    const startedAt = performance.now();
    const note = (outcome: Outcome) => {
      noteSpan(span, outcome);
      noteMetrics(target.id, operation, outcome, performance.now() - startedAt);
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

/** What all calls of one kind to a container have in common. */
type DescribedCall = { name: string; attributes: Attributes; isExpected: (error: unknown) => boolean };
type DescribedCalls = Readonly<Record<Operation, DescribedCall>>;

const described = new WeakMap<Container, DescribedCalls>();

function describedCalls(container: Container): DescribedCalls {
  const known = described.get(container);
  if (known !== undefined) return known;
  const calls = {
    read: describeCall(container, 'read'),
    create: describeCall(container, 'create'),
    replace: describeCall(container, 'replace'),
  };
  described.set(container, calls);
  return calls;
}

function describeCall({ id, database }: Container, operation: Operation): DescribedCall {
  return {
    name: `${operation}_item ${id}`,
    attributes: {
      // The old name of the next one, which Application Insights' exporter reads.
      'db.system': 'azure.cosmosdb',
      'db.system.name': 'azure.cosmosdb',
      'db.operation.name': `${operation}_item`,
      'db.collection.name': id,
      'db.namespace': database.id,
    },
    isExpected: (error) => EXPECTED[operation].includes(outcomeOf(error).status),
  };
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
  span.setAttribute('db.response.status_code', status);
  if (subStatus) span.setAttribute('azure.cosmosdb.response.sub_status_code', subStatus);
  span.setAttribute('azure.cosmosdb.operation.request_charge', chargeOf(outcome));
}

function noteMetrics(container: string, operation: Operation, outcome: Outcome, durationMs: number): void {
  const { status, headers } = outcome;
  const attributes = { container, operation };
  record('productsync.store.duration', durationMs, { container, operation, status });
  record('productsync.request.charge', chargeOf(outcome), attributes);
  const isConflict = operation !== 'read' && EXPECTED[operation].includes(status);
  if (isConflict) record('productsync.store.conflicts', 1, attributes);
  const throttled = (Number(headers['x-ms-throttle-retry-count']) || 0) + (status === '429' ? 1 : 0);
  if (throttled > 0) record('productsync.store.throttles', throttled, attributes);
}
