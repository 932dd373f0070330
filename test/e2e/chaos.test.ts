import { EventHubProducerClient } from '@azure/event-hubs';
import { afterEach, describe, expect, it } from 'vitest';
import { startAzurite } from '../../local/azurite.ts';
import { startEventHubsBroker } from '../../local/event-hubs/broker.ts';
import { startTestCosmos, type TestCosmos } from '../support/cosmos.ts';
import { marked, PRODUCT_DELETED, PRODUCT_UPDATED } from '../support/deliveries.ts';
import { type Fault, startFaultyProxy } from '../support/faulty-proxy.ts';
import { type HostProcess, startBuiltApp } from '../support/host-process.ts';
import { describeKafka, startKafkaBroker } from '../support/kafka-broker.ts';

const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

const seed = Number(process.env.CHAOS_SEED ?? Date.now() % 1_000_000);

/** Deterministic chance, so that a failure can be run again: CHAOS_SEED. */
function chanceFrom(start: number): () => number {
  let state = start;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const FAULTS: readonly Fault[] = [
  { kind: 'status', status: 429, retryAfterMs: 20 },
  { kind: 'status', status: 449 },
  { kind: 'status', status: 408 },
  { kind: 'status', status: 500 },
  { kind: 'status', status: 503 },
  { kind: 'delay', ms: 60 },
  { kind: 'reset' },
  { kind: 'reset-after' },
  { kind: 'half-answer' },
];

/** A Cosmos DB behind a proxy; the test owns it and all the rest, whatever becomes of the host. */
async function startFaultyCosmos(faultFor: () => Fault | undefined) {
  const cosmos = await startTestCosmos();
  cleanUps.push(() => cosmos.close());
  const proxy = await startFaultyProxy(cosmos.endpoint, ({ url }) =>
    url?.includes('/docs') ? faultFor() : undefined,
  );
  cleanUps.push(() => proxy.close());
  const env: NodeJS.ProcessEnv = {
    PATH: process.env.PATH,
    COSMOS_CONNECTION_STRING: cosmos.connectionString.replace(cosmos.endpoint, proxy.url),
    ORDERCLOUD_WEBHOOK_SECRETS: 'roastery-secret',
  };
  return { cosmos, proxy, env };
}

/** Sends a product's message, so that it comes after the others of that product. */
type Publish = (productId: string, body: unknown, type: string) => Promise<unknown>;

async function startSurroundings(faultFor: () => Fault | undefined) {
  const { env, ...surroundings } = await startFaultyCosmos(faultFor);
  const broker = await startEventHubsBroker({ hub: { name: 'products', partitionCount: 4 } });
  cleanUps.push(() => broker.close());
  const azurite = await startAzurite();
  cleanUps.push(() => azurite.close());
  const producer = new EventHubProducerClient(broker.connectionString, 'products');
  cleanUps.push(() => producer.close());
  const publish: Publish = (productId, body, type) =>
    producer.sendBatch([{ body, properties: { type } }], { partitionKey: productId });
  const hub = {
    EventHubConnection: broker.connectionString,
    AzureWebJobsStorage: azurite.connectionString,
  };
  return { ...surroundings, publish, env: { ...env, ...hub } };
}

/** The same with Kafka in place of the event hub. */
async function startKafkaSurroundings(faultFor: () => Fault | undefined) {
  const { env, ...surroundings } = await startFaultyCosmos(faultFor);
  const broker = await startKafkaBroker();
  cleanUps.push(() => broker.close());
  const publish: Publish = (key, body, type) =>
    broker.publish([{ key, value: JSON.stringify(body), headers: { type } }]);
  return {
    ...surroundings,
    publish,
    env: { ...env, KAFKA_BROKERS: broker.address, KAFKA_TOPIC: 'products' },
  };
}

/** Starts the host, and waits until it runs. */
async function startHost(env: NodeJS.ProcessEnv): Promise<HostProcess> {
  const host = await startBuiltApp(env);
  cleanUps.push(() => host.end('SIGKILL'));
  return host;
}

/** What must be stored in the end: the name of each product's newest update, or null where it was deleted. */
class Catalog {
  readonly newest = new Map<string, string | null>();
  poison = 0;
  private sent = 0;

  /** Sends events for random products, each product's on one partition: some deletes, some poison. */
  async send(publish: Publish, count: number, products: number, chance: () => number) {
    for (let index = 0; index < count; index += 1) {
      this.sent += 1;
      const id = `PRODUCT-${Math.floor(chance() * products)}`;
      const kind = chance();
      const name = `version ${this.sent}`;
      const isDelete = kind < 0.1;
      const isPoison = kind > 0.97;
      const body = marked({ ProductID: id, Name: isPoison ? [name] : name });
      await publish(id, body, isDelete ? PRODUCT_DELETED : PRODUCT_UPDATED);
      if (isPoison) this.poison += 1;
      else this.newest.set(id, isDelete ? null : name);
    }
  }
}

/** What is stored, in the form of `Catalog.newest`. */
async function storedIn({ products }: TestCosmos): Promise<Map<string, string | null>> {
  const query = 'SELECT c.id, c.name, c.deleted FROM c';
  const { resources } = await products.items
    .query<{ id: string; name?: string; deleted?: true }>(query)
    .fetchAll();
  return new Map(resources.map(({ id, name, deleted }) => [id, deleted ? null : (name ?? '')]));
}

async function deadLettersIn({ deadLetters }: TestCosmos): Promise<string[]> {
  return (await deadLetters.items.query<string>('SELECT VALUE c.reason FROM c').fetchAll()).resources;
}

const sorted = (map: ReadonlyMap<string, string | null>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));

/** Which calls fail, and how: three of ten, by chance. */
const faultsBy = (chance: () => number) => () =>
  chance() < 0.3 ? FAULTS[Math.floor(chance() * FAULTS.length)] : undefined;

type CommandContext = Awaited<ReturnType<typeof startFaultyCosmos>> & { publish: Publish };

/** Kills the host at random moments of its work, after so many of its calls, while messages come in. */
async function sendThroughKills(
  { proxy, publish, env }: CommandContext,
  { kills, products, chance }: { kills: number; products: number; chance: () => number },
): Promise<Catalog> {
  const catalog = new Catalog();
  let host = await startHost(env);
  for (let killed = 0; killed < kills; killed += 1) {
    await catalog.send(publish, 200, products, chance);
    const moment = proxy.calls + 5 + Math.floor(chance() * 60);
    await expect.poll(() => proxy.calls, { timeout: 60_000, interval: 2 }).toBeGreaterThanOrEqual(moment);
    await host.end('SIGKILL');
    host = await startHost(env);
  }
  return catalog;
}

async function endsAs(catalog: Catalog, cosmos: TestCosmos): Promise<void> {
  await expect
    .poll(async () => sorted(await storedIn(cosmos)), { timeout: 120_000, interval: 500 })
    .toEqual(sorted(catalog.newest));
  await expect
    .poll(() => deadLettersIn(cosmos), { timeout: 30_000, interval: 200 })
    .toEqual(Array(catalog.poison).fill('invalid-message'));
}

describe('events through the broker into a Cosmos DB that fails', () => {
  it(`end as the newest message of each product, though the host is killed ten times (CHAOS_SEED=${seed})`, async () => {
    const chance = chanceFrom(seed);
    const surroundings = await startSurroundings(faultsBy(chance));
    const catalog = await sendThroughKills(surroundings, { kills: 10, products: 200, chance });
    await endsAs(catalog, surroundings.cosmos);
  }, 300_000);

  it('wait for it as long as it is away, and nothing is dead-lettered because of it', async () => {
    let isAway = false;
    const { cosmos, proxy, publish, env } = await startSurroundings(() =>
      isAway ? { kind: 'status', status: 503 } : undefined,
    );
    const catalog = new Catalog();
    await startHost(env);
    const chance = chanceFrom(1);
    await catalog.send(publish, 100, 30, chance);
    isAway = true;
    await catalog.send(publish, 100, 30, chance);
    const tries = proxy.calls + 100;
    await expect.poll(() => proxy.calls, { timeout: 60_000 }).toBeGreaterThanOrEqual(tries);
    expect(await deadLettersIn(cosmos)).not.toContain('store-refused');
    isAway = false;
    await endsAs(catalog, cosmos);
  }, 200_000);
});

describeKafka('records through Kafka into a Cosmos DB that fails', () => {
  it(`end as the newest message of each product, though the host is killed twice (CHAOS_SEED=${seed})`, async () => {
    const chance = chanceFrom(seed);
    const surroundings = await startKafkaSurroundings(faultsBy(chance));
    const catalog = await sendThroughKills(surroundings, { kills: 2, products: 150, chance });
    await endsAs(catalog, surroundings.cosmos);
  }, 300_000);
});
