import type { EventData } from '@azure/event-hubs';
import type { RetryOptions } from '@azure/functions';
import { afterEach, beforeAll } from 'vitest';
import { type Azurite, startAzurite } from '../../../local/azurite.ts';
import type { BatchCall } from '../../support/fixture-app/batch-app.ts';
import { type Stage, setStage } from '../../support/fixture-app/event-hub-stage.ts';
import { type HostLog, textsOf } from '../../support/fixture-app/host-log.ts';

/** What the tests of a file have in common: an Azurite, and what each test leaves to be cleaned up. */
export function useAzurite() {
  const cleanUps: (() => Promise<unknown>)[] = [];
  let azurite: Azurite;
  beforeAll(async () => {
    azurite = await startAzurite();
    return () => azurite.close();
  });
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  });
  return {
    cleanUps,
    connectionString: () => azurite.connectionString,
    async stage(options: Partial<Parameters<typeof setStage>[0]> = {}): Promise<Stage> {
      const stage = await setStage({ storageConnectionString: azurite.connectionString, ...options });
      cleanUps.push(() => stage.close());
      return stage;
    },
  };
}

export const FIXED: RetryOptions = { strategy: 'fixedDelay', maxRetryCount: 3, delayInterval: 0 };
export const FOR_EVER: RetryOptions = { ...FIXED, maxRetryCount: -1 };

export const event = (text: string, properties: Record<string, unknown> = {}): EventData => ({
  body: Buffer.from(text),
  properties,
});

export const begins = ({ calls }: HostLog) => calls.filter(({ when }) => when === 'begin');

export const isEndOf =
  (text: string) =>
  (call: BatchCall): boolean =>
    call.when === 'end' && textsOf(call).includes(text);
