import { startStack } from '../../local/stack.ts';
import type { CatalogItem } from '../../src/operate/product-catalog.ts';
import type { ProductItem } from '../../src/product/document.ts';
import { openContainers } from '../common/account.ts';
import { listAll } from '../dead-letters/select.ts';
import { type Demo, readSamples, type Stored } from './samples.ts';
import { showSampleOffers } from './show-offers.ts';
import { showPositions } from './show-positions.ts';
import { showEventHub, showWebhooks } from './show-samples.ts';

/** Runs the app on a stack of its own, sends the samples by both transports and shows what came of them. */
export async function runDemo(write: Demo['write']): Promise<string[]> {
  const samples = readSamples();
  // Free ports and no settings of the user's: the demo must never touch a real account.
  const stack = await startStack({ port: 0, userSettings: false, log: () => {} });
  const { archive, catalog, close } = await openContainers(stack.cosmosSettings, process);
  const read = async (): Promise<Stored> => {
    const listed: CatalogItem[] = [];
    for await (const item of catalog.listById()) listed.push(item);
    // One by one: the in-memory server's answers to queries lose a key such as `__proto__`.
    const items = await Promise.all(listed.map(({ id }) => catalog.readWhole(id)));
    return { listed, items: items as ProductItem[], deadLetters: await listAll(archive, {}) };
  };
  const demo: Demo = { stack, write, read };
  try {
    return [
      ...(await showWebhooks(samples, demo)),
      ...(await showEventHub(samples, demo)),
      ...(await showSampleOffers(samples, demo)),
      ...(await showPositions(demo)),
    ];
  } finally {
    close();
    await stack.close();
  }
}
