import { type Attributes, type MeterProvider, metrics } from '@opentelemetry/api';

type Definition = {
  unit: string;
  /** Each has few values: a transport, never a product. */
  attributes: readonly string[];
  description: string;
};

/** `buckets` are their upper bounds, if the default ones, from 5 to 10,000, do not fit. */
type Histogram = Definition & { buckets?: number[] };

const COUNTERS = {
  'productsync.messages': {
    unit: '{message}',
    attributes: ['transport', 'outcome', 'reason'],
    description: 'Messages with an outcome.',
  },
  'productsync.dead_letters': {
    unit: '{message}',
    attributes: ['transport', 'reason'],
    description: 'Messages that became dead letters.',
  },
  'productsync.messages.ignored': {
    unit: '{message}',
    attributes: ['type'],
    description: 'Messages of types that are not processed; from the 21st type on as `other`.',
  },
  'productsync.batches.incomplete': {
    unit: '{batch}',
    attributes: ['transport'],
    description: 'Batches that are incomplete, and come again.',
  },
  'productsync.retries': {
    unit: '{retry}',
    attributes: ['error.type'],
    description: 'Further attempts after a transient failure.',
  },
  'productsync.webhooks.refused': {
    unit: '{request}',
    attributes: ['reason'],
    description: 'Webhooks answered with an error that is not about their message.',
  },
  'productsync.offers': {
    unit: '{offer}',
    attributes: ['outcome'],
    description: 'Answered offers, by what became of the price, or that the product is hidden.',
  },
  'productsync.offers.refused': {
    unit: '{request}',
    attributes: ['reason', 'token'],
    description: 'Requests for offers answered with an error, and what was wrong with the token.',
  },
  'productsync.offers.key_requests': {
    unit: '{request}',
    attributes: ['outcome'],
    description: 'Requests to OrderCloud for the key of a token.',
  },
  'productsync.store.conflicts': {
    unit: '{conflict}',
    attributes: ['container', 'operation'],
    description: 'Conditional writes that met another version than they expected.',
  },
  'productsync.store.throttles': {
    unit: '{response}',
    attributes: ['container', 'operation'],
    description: 'Answers 429 of Cosmos DB, including those that its SDK retried.',
  },
} as const satisfies Record<string, Definition>;

/** The metrics that show how values are distributed. */
export const HISTOGRAMS = {
  'productsync.lag': {
    unit: 'ms',
    attributes: ['transport', 'stream'],
    description: 'How long the oldest message of a batch has waited in the broker.',
    buckets: [100, 250, 500, 1e3, 2.5e3, 5e3, 10e3, 30e3, 60e3, 300e3, 900e3, 3_600e3, 21_600e3, 86_400e3],
  },
  'productsync.batch.size': {
    unit: '{message}',
    attributes: ['transport'],
    description: 'Messages in a batch.',
    buckets: [1, 2, 5, 10, 20, 50, 75, 100, 200, 500, 1000],
  },
  'productsync.batch.duration': {
    unit: 'ms',
    attributes: ['transport'],
    description: 'How long a batch took.',
    buckets: [5, 10, 25, 50, 100, 250, 500, 1e3, 2.5e3, 5e3, 10e3, 30e3, 60e3],
  },
  'productsync.write.duration': {
    unit: 'ms',
    attributes: ['transport', 'outcome'],
    description: 'From the first read of a product to its outcome, including waits and retries.',
  },
  'productsync.store.duration': {
    unit: 'ms',
    attributes: ['container', 'operation', 'status'],
    description: "How long a call to Cosmos DB took, including the SDK's own retries.",
  },
  'productsync.request.charge': {
    unit: '{request_unit}',
    attributes: ['container', 'operation'],
    description: 'Request units that a call to Cosmos DB cost.',
    buckets: [1, 2, 5, 10, 15, 20, 30, 50, 75, 100, 200, 500],
  },
} as const satisfies Record<string, Histogram>;

/** Every metric of the app. Do not change names and units: alerts and dashboards depend on them. */
export const METRICS = { ...COUNTERS, ...HISTOGRAMS };

type MetricName = keyof typeof METRICS;
type AttributesOf<Name extends MetricName> = {
  [Attribute in (typeof METRICS)[Name]['attributes'][number]]?: string;
};
type Instruments = Record<MetricName, (value: number, attributes: Attributes) => void>;

/** Records one value of a metric. */
export function record<Name extends MetricName>(
  name: Name,
  value: number,
  attributes: AttributesOf<Name>,
): void {
  instruments()[name](value, attributes);
}

let made: { by: MeterProvider; instruments: Instruments } | undefined;

/**
 * This uses OpenTelemetry's API alone: it does nothing, and costs next to nothing, until somebody attaches an exporter.
 * Instruments created before that would do nothing for ever, so they are created again for each provider.
 */
function instruments(): Instruments {
  const provider = metrics.getMeterProvider();
  if (made?.by !== provider) made = { by: provider, instruments: instrumentsOf(provider) };
  return made.instruments;
}

function instrumentsOf(provider: MeterProvider): Instruments {
  const meter = provider.getMeter('ordercloud-product-sync');
  const counters = Object.entries(COUNTERS).map(([name, { unit, description }]) => {
    const counter = meter.createCounter(name, { unit, description });
    return [name, counter.add.bind(counter)];
  });
  const histograms = Object.entries<Histogram>(HISTOGRAMS).map(([name, { unit, description, buckets }]) => {
    const advice = buckets && { advice: { explicitBucketBoundaries: buckets } };
    const histogram = meter.createHistogram(name, { unit, description, ...advice });
    return [name, histogram.record.bind(histogram)];
  });
  return Object.fromEntries([...counters, ...histograms]) as Instruments;
}
