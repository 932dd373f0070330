import { startStack } from '../../local/stack.ts';
import { readSamples } from './samples.ts';
import { showEventHub } from './show-event-hub.ts';
import { showOffers } from './show-offers.ts';
import { showPositions } from './show-positions.ts';
import { showWebhooks } from './show-webhooks.ts';
import { type Demo, openContainers } from './stored.ts';

/** Runs the app on a stack of its own, sends the samples by both transports and shows what came of them. */
export async function runDemo(write: Demo['write']): Promise<string[]> {
  const samples = readSamples();
  // Free ports and no settings of the user's: the demo must never touch a real account.
  const stack = await startStack({ port: 0, userSettings: false, log: () => {} });
  const { read, close } = await openContainers(stack);
  const demo: Demo = { stack, write, read };
  try {
    return [
      ...(await showWebhooks(samples, demo)),
      ...(await showEventHub(samples, demo)),
      ...(await showOffers(samples, demo)),
      ...(await showPositions(demo)),
    ];
  } finally {
    close();
    await stack.close();
  }
}
