import type { FunctionHandler, InvocationContext, RetryOptions } from '@azure/functions';
import type { App } from '../src/app.ts';
import type { Delivery } from '../src/message/delivery.ts';
import { spanOfCaller } from '../src/telemetry/trace.ts';
import { logTo } from './log-to.ts';

/**
 * The retry policy of a broker's trigger. Without one the host moves on past a failed batch: an outage would lose it. A
 * bad message needs no retry, because it becomes a dead letter at once.
 */
export const RETRY_FOR_EVER: RetryOptions = {
  strategy: 'exponentialBackoff',
  maxRetryCount: -1,
  minimumInterval: { seconds: 1 },
  maximumInterval: { seconds: 30 },
};

/**
 * Makes the handler of a broker's trigger. It throws if a transient failure remains: the whole batch then comes again.
 * `toDeliveries` gives null for an invocation that a person started.
 */
export function batchHandler(
  productSync: App,
  toDeliveries: (batch: unknown, context: InvocationContext) => Delivery[] | null,
): FunctionHandler {
  return async (batch, context) => {
    const log = logTo(context);
    const deliveries = toDeliveries(batch, context);
    if (deliveries !== null) {
      await productSync.receiveBatch(deliveries, log, spanOfCaller(context.traceContext?.traceParent));
      return;
    }
    // An error would be retried for ever.
    log('warn', 'this invocation did not come from the broker: nothing was processed', {
      hint: 'To send a message, use the broker or the webhook; to fetch a product again, `ordercloud-product-sync resync`.',
    });
  };
}

/** A position is never invented: the invocation fails if it cannot be read, and the partition waits. */
export function unreadable(what: string): Error {
  return new Error(`The trigger handed over ${what}. Nothing was processed.`);
}

/** A time as .NET writes it, which leaves out that it is UTC. */
export function fromUtc(text: string): Date {
  return new Date(/(Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text}Z`);
}
