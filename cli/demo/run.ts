import { join } from 'node:path';
import { startStack } from '../../local/stack.ts';
import { createCosmosClient } from '../../src/store/cosmos-client.ts';
import type { Demo } from './context.ts';
import { readContainers } from './read-containers.ts';
import { readSamples } from './samples.ts';
import { showEventHub } from './show-event-hub.ts';
import { showOffers } from './show-offers.ts';
import { showPositions } from './show-positions.ts';
import { showWebhooks } from './show-webhooks.ts';

/** Runs the app on a stack of its own, sends the samples by both transports and shows what came of them. */
export async function runDemo(folder: string, write: Demo['write']): Promise<string[]> {
  const samples = readSamples(folder);
  // Free ports and no settings of the user's: the demo must never touch a real account.
  const stack = await startStack({ port: 0, userSettings: false, log: () => {} });
  const client = await createCosmosClient(stack.cosmosSettings);
  const demo: Demo = { stack, write, read: () => readContainers(client, stack.cosmosSettings) };
  try {
    return [
      ...(await showWebhooks(samples, demo)),
      ...(await showEventHub(samples, demo)),
      ...(await showOffers(demo)),
      ...(await showPositions(join(folder, 'events'), demo)),
    ];
  } finally {
    client.dispose();
    await stack.close();
  }
}
