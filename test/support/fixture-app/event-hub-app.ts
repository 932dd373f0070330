import {
  app,
  type EventHubFunctionOptions,
  type InvocationContext,
  type RetryContext,
  type RetryOptions,
  type TriggerMetadata,
} from '@azure/functions';
import { obey, registerGates, type Wishes } from './gates.ts';

// An app with one Event Hubs function that says what it gets and does what the events ask for. A test bundles it with
// a line of code that calls `registerEventHubApp`.

/** One run of the function, as it begins (`begin`) or when it has succeeded (`end`). */
export type EventHubCall = {
  when: 'begin' | 'end';
  partitionId: string;
  /** In base64. */
  bodies: string[];
  sequenceNumbers: number[];
  metadata: TriggerMetadata;
  retry: RetryContext | null;
};

/** Before each call in the log. */
export const CALL_PREFIX = 'call ';

export type EventHubAppOptions = {
  retry?: RetryOptions;
  /** In place of those of the binding. */
  binding?: Record<string, unknown>;
  includesEmptyEntries?: boolean;
};

/** @public called by the code that a test bundles */
export function registerEventHubApp({
  retry,
  binding,
  includesEmptyEntries = true,
}: EventHubAppOptions): void {
  app.setup({
    enableHttpStream: true,
    capabilities: includesEmptyEntries ? { IncludeEmptyEntriesInMessagePayload: true } : {},
  });
  registerGates();
  const options: EventHubFunctionOptions & { dataType: 'binary' } = {
    connection: 'EventHubConnection',
    eventHubName: 'products',
    cardinality: 'many',
    dataType: 'binary',
    ...(retry && { retry }),
    handler: (events, context) => receive(events as Buffer[], context),
    ...binding,
  };
  app.eventHub('receive', options);
}

async function receive(bodies: readonly Buffer[], context: InvocationContext): Promise<void> {
  const metadata = context.triggerMetadata ?? {};
  const tell = (when: EventHubCall['when']) => {
    const call: EventHubCall = {
      when,
      partitionId: (metadata.partitionContext as { partitionId: string }).partitionId,
      bodies: bodies.map((body) => body.toString('base64')),
      sequenceNumbers: (metadata.sequenceNumberArray as { low: number }[]).map(({ low }) => low),
      metadata,
      retry: context.retryContext ?? null,
    };
    context.log(CALL_PREFIX + JSON.stringify(call));
  };
  tell('begin');
  for (const wishes of metadata.propertiesArray as Wishes[]) await obey(wishes, context);
  tell('end');
}
