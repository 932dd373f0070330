import type { Link, Span } from '@opentelemetry/api';
import type { Delivery } from '../message/delivery.ts';
import { propertyWithoutCase } from '../message/json.ts';
import { record } from './metrics.ts';
import { toSpanContext, traced } from './trace.ts';

/** The span of a broker's batch: the writes of products are below it. */
export function tracedBatch(
  deliveries: readonly Delivery[],
  parent: Span | undefined,
  work: (span: Span) => Promise<void>,
): Promise<void> {
  const [system = 'none', destination = '', partition = ''] = (deliveries[0]?.stream ?? '').split('/');
  const attributes = {
    'messaging.system': system === 'eventhub' ? 'eventhubs' : system,
    'messaging.operation.type': 'process',
    'messaging.destination.name': destination,
    'messaging.destination.partition.id': partition,
    'messaging.batch.message_count': deliveries.length,
  };
  return traced(`process ${destination}`, { attributes, parent }, work);
}

/**
 * The span and the duration of one product, from its messages to its outcome. It links the traces that the messages were
 * sent in: on the batch they would be a hundred links without a product.
 */
export async function tracedWrite(
  messages: readonly { delivery: Delivery; change: { productId: string } }[],
  parent: Span | undefined,
  work: (span: Span) => Promise<string>,
): Promise<void> {
  const [first] = messages;
  if (first === undefined) return;
  const attributes = { 'productsync.product.id': first.change.productId };
  const links = messages.flatMap(({ delivery }) => linkTo(delivery));
  const start = performance.now();
  let outcome = 'failed';
  try {
    await traced('write product', { attributes, links, parent }, async (span) => {
      outcome = await work(span);
      span.setAttribute('productsync.outcome', outcome);
    });
  } finally {
    const { transport } = first.delivery;
    record('productsync.write.duration', performance.now() - start, { transport, outcome });
  }
}

/** The span of keeping a message as a dead letter. */
export function tracedDeadLetter(
  { delivery, reason }: { delivery: Delivery; reason: string },
  parent: Span | undefined,
  work: (span: Span) => Promise<void>,
): Promise<void> {
  const attributes = { 'productsync.reason': reason };
  return traced('keep dead letter', { attributes, links: linkTo(delivery), parent }, work);
}

/** The names that senders use: W3C's, and the one of Azure's libraries before it. */
const TRACE_PROPERTIES = ['traceparent', 'Diagnostic-Id'];

function linkTo({ properties }: Delivery): Link[] {
  for (const name of TRACE_PROPERTIES) {
    const context = toSpanContext(propertyWithoutCase(properties, name));
    if (context !== null) return [{ context }];
  }
  return [];
}
