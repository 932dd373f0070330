import {
  type Attributes,
  isSpanContextValid,
  type Link,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';

export type SpanStart = {
  attributes?: Attributes;
  links?: Link[];
  /** What it is a part of; absent: it starts a trace. */
  parent?: Span | undefined;
  /** Whether it is a call to another service; otherwise it is work of the app itself. */
  isCall?: boolean;
  /** Whether an error is one of the ways in which such work goes well. */
  isExpected?: (error: unknown) => boolean;
};

/**
 * Runs `work` as a span. A failure is noted by what kind it is: the message of an error may quote a payload. Without an
 * exporter this is a call of `work`, and next to nothing else.
 *
 * The parent is handed on by hand: to let OpenTelemetry find it, over awaits, would cost every promise of the process
 * something (until Node.js 24), and with an exporter as much as all spans together.
 *
 * Deliveries are spans of the app itself, too, not of kind server or consumer: the Functions host reports those, and
 * Application Insights would count each request twice.
 */
export async function traced<Result>(
  name: string,
  { attributes, links, parent, isCall, isExpected }: SpanStart,
  work: (span: Span) => Promise<Result>,
): Promise<Result> {
  const kind = isCall ? SpanKind.CLIENT : SpanKind.INTERNAL;
  const context = parent === undefined ? ROOT_CONTEXT : trace.setSpan(ROOT_CONTEXT, parent);
  const span = tracer().startSpan(name, { kind, ...(links && { links }) }, context);
  // Not at the start: there the SDK copies them three times, for samplers to see that never look at them.
  if (attributes !== undefined) span.setAttributes(attributes);
  try {
    return await work(span);
  } catch (error) {
    if (!isExpected?.(error)) {
      span.setAttribute('error.type', errorTypeOf(error)).setStatus({ code: SpanStatusCode.ERROR });
    }
    throw error;
  } finally {
    span.end();
  }
}

let made: { by: TracerProvider; tracer: Tracer } | undefined;

/** One for each provider. Of the one that is there before anybody attaches an exporter, it hands on to that one then. */
function tracer(): Tracer {
  const provider = trace.getTracerProvider();
  if (made?.by !== provider) made = { by: provider, tracer: provider.getTracer('ordercloud-product-sync') };
  return made.tracer;
}

/** What kind of error it is: the status or network code of what caused it, such as 503, or else its class. */
export function errorTypeOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const { code } = (error.cause ?? error) as { code?: unknown };
  return typeof code === 'number' || typeof code === 'string' ? String(code) : error.name;
}

/** The span that `traceparent` (W3C) names, to go on from; undefined when it names none. */
export function spanOfCaller(traceparent: string | null | undefined): Span | undefined {
  const spanContext = toSpanContext(traceparent);
  return spanContext === null ? undefined : trace.wrapSpanContext(spanContext);
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
