import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { checkTold } from './leaks/check.ts';
import { decodeProtobuf, type Message } from './protobuf.ts';

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

/** A collector: takes OTLP over HTTP, as protobuf and as JSON, and keeps what it got. */
export type OtlpReceiver = {
  url: string;
  spans: ReceivedSpan[];
  /** As last reported, by name; the app reports totals since its start. */
  metrics: Map<string, ReceivedMetric>;
  resources: Attributes[];
  requests: { path: string; headers: IncomingHttpHeaders }[];
  close(): Promise<void>;
};

/** Starts a collector on a free port. */
export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const received: Omit<OtlpReceiver, 'url' | 'close'> = {
    spans: [],
    metrics: new Map(),
    resources: [],
    requests: [],
  };
  const server = createServer(async (request, response) => {
    const { url: path = '', headers } = request;
    received.requests.push({ path, headers });
    const sent = await buffer(request);
    const bytes = headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
    // What goes to a collector is read by whoever reads the log. In protobuf, too, text is as it is.
    checkTold('log', bytes.toString());
    const isJson = headers['content-type'] === 'application/json';
    const decode = (message: Message) =>
      isJson ? JSON.parse(bytes.toString()) : decodeProtobuf(bytes, message);
    if (path === '/v1/traces') takeTraces(received, decode(TRACES));
    else if (path === '/v1/metrics') takeMetrics(received, decode(METRICS));
    else response.statusCode = 404;
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

// The parts of https://github.com/open-telemetry/opentelemetry-proto (v1) that are looked at.
const ANY_VALUE: Message = () => ({
  1: { name: 'stringValue', type: 'text' },
  2: { name: 'boolValue', type: 'varint' },
  3: { name: 'intValue', type: 'varint' },
  4: { name: 'doubleValue', type: 'double' },
});
const KEY_VALUE: Message = () => ({
  1: { name: 'key', type: 'text' },
  2: { name: 'value', type: ANY_VALUE },
});
const RESOURCE: Message = () => ({ 1: { name: 'attributes', type: KEY_VALUE, isList: true } });
const LINK: Message = () => ({
  1: { name: 'traceId', type: 'hex' },
  2: { name: 'spanId', type: 'hex' },
});
const STATUS: Message = () => ({ 3: { name: 'code', type: 'varint' } });
const SPAN: Message = () => ({
  1: { name: 'traceId', type: 'hex' },
  2: { name: 'spanId', type: 'hex' },
  4: { name: 'parentSpanId', type: 'hex' },
  5: { name: 'name', type: 'text' },
  6: { name: 'kind', type: 'varint' },
  9: { name: 'attributes', type: KEY_VALUE, isList: true },
  13: { name: 'links', type: LINK, isList: true },
  15: { name: 'status', type: STATUS },
});
const SCOPE_SPANS: Message = () => ({ 2: { name: 'spans', type: SPAN, isList: true } });
const RESOURCE_SPANS: Message = () => ({
  1: { name: 'resource', type: RESOURCE },
  2: { name: 'scopeSpans', type: SCOPE_SPANS, isList: true },
});
const TRACES: Message = () => ({ 1: { name: 'resourceSpans', type: RESOURCE_SPANS, isList: true } });

const NUMBER_POINT: Message = () => ({
  4: { name: 'asDouble', type: 'double' },
  6: { name: 'asInt', type: 'fixed64' },
  7: { name: 'attributes', type: KEY_VALUE, isList: true },
});
const HISTOGRAM_POINT: Message = () => ({
  4: { name: 'count', type: 'fixed64' },
  5: { name: 'sum', type: 'double' },
  9: { name: 'attributes', type: KEY_VALUE, isList: true },
});
const SUM: Message = () => ({ 1: { name: 'dataPoints', type: NUMBER_POINT, isList: true } });
const HISTOGRAM: Message = () => ({ 1: { name: 'dataPoints', type: HISTOGRAM_POINT, isList: true } });
const METRIC: Message = () => ({
  1: { name: 'name', type: 'text' },
  3: { name: 'unit', type: 'text' },
  7: { name: 'sum', type: SUM },
  9: { name: 'histogram', type: HISTOGRAM },
});
const SCOPE_METRICS: Message = () => ({ 2: { name: 'metrics', type: METRIC, isList: true } });
const RESOURCE_METRICS: Message = () => ({ 2: { name: 'scopeMetrics', type: SCOPE_METRICS, isList: true } });
const METRICS: Message = () => ({ 1: { name: 'resourceMetrics', type: RESOURCE_METRICS, isList: true } });
