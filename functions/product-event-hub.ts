import { app, type EventHubFunctionOptions, type EventHubHandler } from '@azure/functions';
import type { App } from '../src/app.ts';
import type { EventHubSettings } from '../src/settings/broker-settings.ts';
import { spanOfCaller } from '../src/telemetry/trace.ts';
import { fromEventHubBatch } from './event-hub-batch.ts';
import { warnOfInvocationByHand } from './invoked-by-hand.ts';
import { logTo } from './log-to.ts';
import { RETRY_FOR_EVER } from './retry-for-ever.ts';

/** Receives OrderCloud's Event Hubs delivery. Throws if a transient failure remains: the whole batch then comes again. */
export function productEventHub(productSync: App, hub: string): EventHubHandler {
  return async (events, context) => {
    const log = logTo(context);
    const deliveries = fromEventHubBatch(events, context.triggerMetadata, hub);
    if (deliveries === null) return warnOfInvocationByHand(log);
    const caller = spanOfCaller(context.traceContext?.traceParent);
    await productSync.receiveBatch(deliveries, log, caller);
  };
}

/** Registers the trigger on `hub`; `EventHubConnection` names the setting with the namespace. */
export function registerProductEventHub(productSync: App, { hub, consumerGroup }: EventHubSettings): void {
  const options: EventHubFunctionOptions & { dataType: 'binary' } = {
    connection: 'EventHubConnection',
    eventHubName: hub,
    consumerGroup,
    cardinality: 'many',
    // The host knows it, the type lacks it. Without it, one body that is not JSON fails the whole batch before this
    // code runs, and the host rewrites dates inside bodies.
    dataType: 'binary',
    retry: RETRY_FOR_EVER,
    handler: productEventHub(productSync, hub),
  };
  app.eventHub('productEventHub', options);
}
