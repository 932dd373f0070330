import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { checkTold } from './leaks/check.ts';

export type Attributes = Record<string, string | number | boolean>;
export type ReceivedSpan = {
  name: string;
  traceId: string;
  spanId: string;
  /** Empty for the first of a trace. */
  parentSpanId: string;
  kind: number;
  attributes: Attributes;
  links: { traceId: string; spanId: string }[];
  isError: boolean;
};
export type ReceivedPoint = { attributes: Attributes; value?: number; count?: number; sum?: number };
export type ReceivedMetric = {
  name: string;
  unit: string;
  kind: 'sum' | 'histogram';
  points: ReceivedPoint[];
};

/** A collector: takes OTLP over HTTP, and keeps what it got. It reads JSON. */
export type OtlpReceiver = {
  url: string;
  spans: ReceivedSpan[];
  /** As last reported, by name; the app reports totals since its start. */
  metrics: Map<string, ReceivedMetric>;
  resources: Attributes[];
  /** What came as protobuf, as text: names stand in it as they are. */
  protobuf: string[];
  requests: { path: string; headers: IncomingHttpHeaders }[];
  close(): Promise<void>;
};

/** Starts a collector on a free port. */
export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const received: Omit<OtlpReceiver, 'url' | 'close'> = {
    spans: [],
    metrics: new Map(),
    resources: [],
    protobuf: [],
    requests: [],
  };
  const server = createServer(async (request, response) => {
    const { url: path = '', headers } = request;
    received.requests.push({ path, headers });
    const sent = await buffer(request);
    const bytes = headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
    const text = bytes.toString();
    // Whoever reads the log reads what goes to a collector, too. In protobuf text is as it is.
    checkTold('log', text);
    const isJson = headers['content-type'] === 'application/json';
    if (!isJson) received.protobuf.push(text);
    else if (path === '/v1/traces') takeTraces(received, JSON.parse(text));
    else if (path === '/v1/metrics') takeMetrics(received, JSON.parse(text));
    response.setHeader('content-type', headers['content-type'] ?? '').end(isJson ? '{}' : '');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    ...received,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

type Json = Record<string, unknown>;
type Received = Omit<OtlpReceiver, 'url' | 'close'>;
const list = (json: Json | undefined, name: string) => (json?.[name] ?? []) as Json[];

function takeTraces(received: Received, request: Json): void {
  for (const ofResource of list(request, 'resourceSpans')) {
    received.resources.push(attributesOf(ofResource.resource as Json));
    for (const span of list(ofResource, 'scopeSpans').flatMap((scope) => list(scope, 'spans'))) {
      received.spans.push({
        name: String(span.name),
        traceId: String(span.traceId),
        spanId: String(span.spanId),
        parentSpanId: String(span.parentSpanId ?? ''),
        kind: Number(span.kind),
        attributes: attributesOf(span),
        links: list(span, 'links').map(({ traceId, spanId }) => ({
          traceId: String(traceId),
          spanId: String(spanId),
        })),
        isError: (span.status as Json | undefined)?.code === 2,
      });
    }
  }
}

function takeMetrics(received: Received, request: Json): void {
  const scopes = list(request, 'resourceMetrics').flatMap((ofResource) => list(ofResource, 'scopeMetrics'));
  for (const metric of scopes.flatMap((scope) => list(scope, 'metrics'))) {
    const kind = metric.sum === undefined ? 'histogram' : 'sum';
    const points = list(metric[kind] as Json, 'dataPoints').map((point) => ({
      attributes: attributesOf(point),
      ...(kind === 'sum'
        ? { value: Number(point.asDouble ?? point.asInt) }
        : { count: Number(point.count), sum: Number(point.sum) }),
    }));
    received.metrics.set(String(metric.name), {
      name: String(metric.name),
      unit: String(metric.unit),
      kind,
      points,
    });
  }
}

function attributesOf(holder: Json | undefined): Attributes {
  return Object.fromEntries(
    list(holder, 'attributes').map(({ key, value }) => {
      const { stringValue, intValue, doubleValue, boolValue } = value as Json;
      const number = intValue ?? doubleValue;
      return [key, stringValue ?? (number === undefined ? boolValue : Number(number))];
    }),
  );
}
