import type { EventHubFunctionOptions } from '@azure/functions';
import type { App } from '../src/app.ts';
import type { EventHubSettings } from '../src/settings/broker-settings.ts';
import { batchHandler, RETRY_FOR_EVER } from './batch-handler.ts';
import { fromEventHubBatch } from './event-hub-batch.ts';

/** Receives OrderCloud's Event Hubs delivery. `EventHubConnection` names the setting with the namespace. */
export function productEventHub(
  productSync: App,
  { hub, consumerGroup }: EventHubSettings,
): EventHubFunctionOptions {
  return {
    connection: 'EventHubConnection',
    eventHubName: hub,
    consumerGroup,
    cardinality: 'many',
    // The host knows it, the type lacks it. Without it, one body that is not JSON fails the whole batch before this
    // code runs, and the host rewrites dates inside bodies.
    ...{ dataType: 'binary' },
    retry: RETRY_FOR_EVER,
    handler: batchHandler(productSync, (events, { triggerMetadata }) =>
      fromEventHubBatch(events, hub, triggerMetadata),
    ),
  };
}
