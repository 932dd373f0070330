import { setTimeout as sleep } from 'node:timers/promises';
import {
  app,
  type EventHubFunctionOptions,
  type InvocationContext,
  type RetryContext,
  type RetryOptions,
  type TriggerMetadata,
} from '@azure/functions';

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

/** What the properties of an event can ask for. */
type Wishes = {
  /** So many runs of its batch fail, or all where there is no retry policy. */
  failures?: number;
  /** The run from this retry on waits until somebody posts to `open/{gate}`. */
  gate?: string;
  gateAtRetry?: number;
  /** The run takes so many milliseconds. */
  lasts?: number;
};

const gates = new Map<string, { isOpen: Promise<void>; open: () => void }>();

function gateOf(name: string) {
  const known = gates.get(name);
  if (known) return known;
  let open = () => {};
  const isOpen = new Promise<void>((resolve) => {
    open = resolve;
  });
  const gate = { isOpen, open };
  gates.set(name, gate);
  return gate;
}

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
  app.http('open', {
    route: 'open/{gate}',
    methods: ['POST'],
    handler: ({ params }) => {
      gateOf(params.gate ?? '').open();
      return { status: 204 };
    },
  });
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
      sequenceNumbers: metadata.sequenceNumberArray as number[],
      metadata,
      retry: context.retryContext ?? null,
    };
    context.log(CALL_PREFIX + JSON.stringify(call));
  };
  tell('begin');
  const retryCount = context.retryContext?.retryCount ?? 0;
  for (const { failures = 0, gate, gateAtRetry = 0, lasts } of metadata.propertiesArray as Wishes[]) {
    if (lasts !== undefined) await sleep(lasts);
    if (gate !== undefined && retryCount >= gateAtRetry) await gateOf(gate).isOpen;
    if (retryCount < failures) throw new Error(`failed on purpose, run ${retryCount + 1}`);
  }
  tell('end');
}
