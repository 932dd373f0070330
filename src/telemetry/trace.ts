import {
  type Attributes,
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
  /** The parent span; without one it starts a trace. */
  parent?: Span | undefined;
  /** Whether it is a call to another service, not work of the app itself. */
  isCall?: boolean;
};

/** Runs `work` as a span. Where nobody will see the span, this only calls `work`, and costs next to nothing. */
export function traced<Result>(
  name: string,
  start: SpanStart,
  work: (span: Span) => Promise<Result>,
): Promise<Result> {
  const span = startSpan(name, start);
  return span.isRecording() ? recorded(span, work) : work(span);
}

async function recorded<Result>(span: Span, work: (span: Span) => Promise<Result>): Promise<Result> {
  try {
    return await work(span);
  } catch (error) {
    // Only its kind: an error's message may quote a payload.
    span.setAttribute('error.type', errorTypeOf(error)).setStatus({ code: SpanStatusCode.ERROR });
    throw error;
  } finally {
    span.end();
  }
}

/**
 * Callers pass the parent. If OpenTelemetry had to find it, across awaits, that would cost every promise of the process
 * something (until Node.js 24), and with an exporter as much as all spans together.
 *
 * Deliveries are internal spans, too, not of kind server or consumer: the Functions host reports those, and Application
 * Insights would count each request twice.
 */
function startSpan(name: string, { attributes, links, parent, isCall }: SpanStart): Span {
  // What is below a span that is not kept is not kept either, and has no need of an ID. A caller's span has no say.
  if (parent !== undefined && !parent.isRecording() && !parent.spanContext().isRemote) return parent;
  const kind = isCall ? SpanKind.CLIENT : SpanKind.INTERNAL;
  const context = parent === undefined ? ROOT_CONTEXT : trace.setSpan(ROOT_CONTEXT, parent);
  const span = trace
    .getTracer('ordercloud-product-sync')
    .startSpan(name, { kind, ...(links && { links }) }, context);
  // Not at the start: there the SDK copies them three times, for samplers that never look at them.
  return attributes === undefined ? span : span.setAttributes(attributes);
}

/** The kind of an error: the status or network code of its cause, such as 503, or else its class. */
export function errorTypeOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const { code } = (error.cause ?? error) as { code?: unknown };
  return typeof code === 'number' || typeof code === 'string' ? String(code) : error.name;
}

/** The span that `traceparent` (W3C) names, as a parent; undefined if it names none. */
export function spanOfCaller(traceparent: string | null | undefined): Span | undefined {
  const spanContext = toSpanContext(traceparent);
  return spanContext === null ? undefined : trace.wrapSpanContext(spanContext);
}

const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** The span that a `traceparent` names; null if it is malformed. */
export function toSpanContext(traceparent: unknown): SpanContext | null {
  const found = typeof traceparent === 'string' ? TRACEPARENT.exec(traceparent) : null;
  if (found === null) return null;
  const [, traceId = '', spanId = '', flags = ''] = found;
  const spanContext = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true };
  return isSpanContextValid(spanContext) ? spanContext : null;
}
