import { createServer, type IncomingHttpHeaders } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';
import { listen, stopListening } from '../../local/listen.ts';
import { checkTold } from './leaks/check.ts';

export type ReceivedSpan = ReturnType<typeof readSpan>;
type ReceivedMetric = ReturnType<typeof readMetric>;
type Attributes = Record<string, unknown>;

export type OtlpReceiver = Awaited<ReturnType<typeof startOtlpReceiver>>;

/** Starts a collector for the running test: it takes OTLP over HTTP, and keeps what it got. It reads JSON. */
export async function startOtlpReceiver() {
  const server = createServer(async (request, response) => {
    const { url: path = '', headers } = request;
    received.requests.push({ path, headers });
    const sent = await buffer(request);
    const text = (headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent).toString();
    // Whoever reads the log reads what goes to a collector, too. In protobuf text is as it is.
    checkTold('log', text);
    const isJson = headers['content-type'] === 'application/json';
    if (isJson) take(received, JSON.parse(text));
    else received.protobuf.push(text);
    response.setHeader('content-type', headers['content-type'] ?? '').end(isJson ? '{}' : '');
  });
  const port = await listen(server);
  onTestFinished(() => stopListening(server));
  const received = {
    url: `http://127.0.0.1:${port}`,
    spans: [] as ReceivedSpan[],
    /** As last reported, by name; the app reports totals since its start. */
    metrics: new Map<string, ReceivedMetric>(),
    resources: [] as Attributes[],
    /** What came as protobuf, as text: names stand in it as they are. */
    protobuf: [] as string[],
    requests: [] as { path: string; headers: IncomingHttpHeaders }[],
  };
  return received;
}

type Json = Record<string, unknown>;
const list = (json: Json, name: string) => (json[name] ?? []) as Json[];

/** Of an export request of traces or of metrics. */
function take(
  { spans, metrics, resources }: Pick<OtlpReceiver, 'spans' | 'metrics' | 'resources'>,
  request: Json,
): void {
  for (const { resource, scopeSpans } of list(request, 'resourceSpans')) {
    resources.push(attributesOf(resource as Json));
    for (const scope of scopeSpans as Json[]) spans.push(...list(scope, 'spans').map(readSpan));
  }
  const scopes = list(request, 'resourceMetrics').flatMap((ofResource) => list(ofResource, 'scopeMetrics'));
  for (const metric of scopes.flatMap((scope) => list(scope, 'metrics')).map(readMetric)) {
    metrics.set(metric.name, metric);
  }
}

function readSpan(span: Json) {
  return {
    name: String(span.name),
    traceId: String(span.traceId),
    spanId: String(span.spanId),
    /** Empty for the first of a trace. */
    parentSpanId: String(span.parentSpanId ?? ''),
    kind: Number(span.kind),
    attributes: attributesOf(span),
    links: list(span, 'links').map(({ traceId, spanId }) => ({
      traceId: String(traceId),
      spanId: String(spanId),
    })),
    isError: (span.status as Json | undefined)?.code === 2,
  };
}

function readMetric(metric: Json) {
  const kind = metric.sum === undefined ? 'histogram' : 'sum';
  const points = list(metric[kind] as Json, 'dataPoints').map((point) => ({
    attributes: attributesOf(point),
    ...(kind === 'sum'
      ? { value: Number(point.asDouble ?? point.asInt) }
      : { count: Number(point.count), sum: Number(point.sum) }),
  }));
  return { name: String(metric.name), unit: String(metric.unit), kind, points };
}

function attributesOf(holder: Json): Attributes {
  return Object.fromEntries(
    list(holder, 'attributes').map(({ key, value }) => {
      const { stringValue, intValue, doubleValue, boolValue } = value as Json;
      const number = intValue ?? doubleValue;
      return [key, stringValue ?? (number === undefined ? boolValue : Number(number))];
    }),
  );
}
