import {
  type Attributes,
  context,
  isSpanContextValid,
  type Link,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';

export type SpanStart = {
  attributes?: Attributes;
  links?: Link[];
  /** Whether it is a call to another service; otherwise it is work of the app itself. */
  isCall?: boolean;
  /** Whether an error is one of the ways in which such work goes well. */
  isExpected?: (error: unknown) => boolean;
};

/**
 * Runs `work` as a span, below the one under way. A failure is noted by what kind it is: the message of an error may
 * quote a payload. Without an exporter this is a call of `work`, and next to nothing else.
 *
 * Deliveries are spans of the app itself, too, not of kind server or consumer: the Functions host reports those, and
 * Application Insights would count each request twice.
 */
export function traced<Result>(
  name: string,
  { attributes = {}, links = [], isCall = false, isExpected = () => false }: SpanStart,
  work: (span: Span) => Promise<Result>,
): Promise<Result> {
  const kind = isCall ? SpanKind.CLIENT : SpanKind.INTERNAL;
  const tracer = trace.getTracer('ordercloud-product-sync');
  return tracer.startActiveSpan(name, { kind, attributes, links }, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      if (!isExpected(error)) {
        span.setAttribute('error.type', errorTypeOf(error)).setStatus({ code: SpanStatusCode.ERROR });
      }
      throw error;
    } finally {
      span.end();
    }
  });
}

/** What kind of error it is: the status or network code of what caused it, such as 503, or else its class. */
export function errorTypeOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const { code } = (error.cause ?? error) as { code?: unknown };
  return typeof code === 'number' || typeof code === 'string' ? String(code) : error.name;
}

/** Runs `work` as part of the trace that `traceparent` (W3C) names; what cannot be read starts a new trace. */
export function continuing<Result>(traceparent: string | null | undefined, work: () => Result): Result {
  const parent = toSpanContext(traceparent);
  return parent === null ? work() : context.with(trace.setSpanContext(ROOT_CONTEXT, parent), work);
}

const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** Where a `traceparent` points to; null when it is none. */
export function toSpanContext(traceparent: unknown): SpanContext | null {
  const found = typeof traceparent === 'string' ? TRACEPARENT.exec(traceparent) : null;
  if (found === null) return null;
  const [, traceId = '', spanId = '', flags = ''] = found;
  const spanContext = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true };
  return isSpanContextValid(spanContext) ? spanContext : null;
}
