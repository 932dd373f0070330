import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { buildApp } from '../scripts/app/build-app.ts';
import { benchMessage } from './messages.ts';
import { bundle } from './support/bundle.ts';
import { startCosmosProcess } from './support/cosmos-process.ts';
import { type Figure, reportMissed, toMarkdown, toTable } from './support/results.ts';
import { type Pressed, type WebhookLoad, webhookLoad } from './support/webhook-load.ts';
import { serveInProcess } from './support/worker-process.ts';

const RESULTS = path.join(import.meta.dirname, 'HTTP-RESULTS.md');
/** Not where `npm run build` builds: a build in the middle would take the app away. */
const BUILT = 'dist/bench-http';
const FULL_SECONDS = 60;
/** More than are ever in flight, see `webhookLoad`. */
const PRODUCTS = 2_000;
const CONNECTIONS = 64;
const STEP = { connections: CONNECTIONS, seconds: 4 };
const SHARES = [1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2];
const MAX_P99_MS = 1_000;
/** Three times as many as MAX_WEBHOOKS_IN_FLIGHT lets in. */
const OVERLOAD_CONNECTIONS = 300;

const { seconds } = new Command('npm run bench:http --')
  .description(
    `Sends webhooks of 13 KB to the app as it is deployed, on this machine: the highest rate it sustains, and twice that. With ${FULL_SECONDS} seconds or more it writes bench/HTTP-RESULTS.md.`,
  )
  .option('--seconds <n>', 'how long the measurement at the sustained rate takes', toSeconds, FULL_SECONDS)
  .parse()
  .opts<{ seconds: number }>();
/** It takes a while until the surplus has filled the limit. */
const overloadSeconds = Math.max(seconds / 2, 15);
const afterwardsSeconds = 5;

const HOW = `How: everything runs on one machine, in three processes: the app with the local host, Cosmos DB in memory, and the
sender, which shares their processors. Messages are updates of ${PRODUCTS} products. The highest sustained rate is found by a
ramp: the app is pressed as fast as it answers, then at falling shares of that rate, until all is answered 200, as fast as
it is sent, and 99 % within a second. At that rate the app is measured for ${seconds} s. The overload is twice the rate at which the app answers as fast as it can, for ${overloadSeconds} s; half the sustained rate follows for ${afterwardsSeconds} s.`;

const bundles = await bundle(['start-worker', 'cosmos-server']);
const { app } = await buildApp(BUILT);
try {
  const result = { title: 'The app', figures: await measure(path.resolve(app, 'main.cjs')) };
  console.log(`\n${toTable(result)}`);
  if (seconds >= FULL_SECONDS) {
    await writeFile(RESULTS, `${toMarkdown([result], 'npm run bench:http')}\n${HOW}\n`);
  }
  reportMissed([result]);
} finally {
  await bundles.remove();
  await rm(BUILT, { recursive: true, force: true });
}

/** With the app in a process of its own, and a Cosmos DB in another. */
async function measure(entry: string): Promise<Figure[]> {
  const cosmos = await startCosmosProcess(bundles.pathOf('cosmos-server'));
  const worker = await serveInProcess({
    worker: bundles.pathOf('start-worker'),
    entry,
    env: { COSMOS_CONNECTION_STRING: cosmos.connectionString },
  });
  const { url } = worker.started;
  const load = webhookLoad(benchMessage(1), PRODUCTS);
  try {
    const rates = await findRates(load, url);
    const sustained = await load.press(url, {
      connections: CONNECTIONS,
      seconds,
      perSecond: rates.sustained,
    });
    const overload = await load.press(url, {
      connections: OVERLOAD_CONNECTIONS,
      seconds: overloadSeconds,
      perSecond: rates.most * 2,
    });
    const after = await load.press(url, {
      connections: CONNECTIONS,
      seconds: afterwardsSeconds,
      perSecond: rates.sustained / 2,
    });
    const { products, lost } = await load.compareWith(cosmos.products);
    return [
      ...rateAndTimes(sustained, rates),
      ...overloaded(overload, rates.most * 2),
      {
        name: 'then at half the rate: refused or failed',
        value: after.refused + after.failed,
        unit: 'answers',
        target: { atMost: 0 },
      },
      { name: 'then at half the rate: 99 % within', value: after.p99, unit: 'ms' },
      { name: 'products with acknowledged webhooks', value: products, unit: 'products' },
      {
        name: 'of these, not stored as last acknowledged',
        value: lost,
        unit: 'products',
        target: { atMost: 0 },
        note: 'or as a later webhook says, whose answer the end of a load cut off',
      },
    ];
  } finally {
    await worker.stop();
    cosmos.close();
  }
}

/** Webhooks per second: as fast as they are answered, however long that takes, and what is sustained. */
type Rates = { most: number; sustained: number };

/**
 * Finds the highest rate an app sustains: first it is pressed as fast as it answers; then at falling shares of that
 * rate, until all is answered 200, as fast as it is sent, and 99 % within a second.
 */
async function findRates(load: WebhookLoad, url: string): Promise<Rates> {
  // Twice: at first the engine is still compiling.
  await load.press(url, STEP);
  const { perSecond: most } = await load.press(url, STEP);
  for (const share of SHARES) {
    const perSecond = Math.round(most * share);
    const pressed = await load.press(url, { ...STEP, perSecond });
    const isSustained =
      pressed.failed + pressed.refused === 0 &&
      pressed.perSecond >= perSecond * 0.95 &&
      pressed.p99 <= MAX_P99_MS;
    if (isSustained) return { most, sustained: perSecond };
  }
  throw new Error(`No rate from ${Math.round(most)} webhooks/s down was sustained: is the machine busy?`);
}

function rateAndTimes(pressed: Pressed, { most, sustained }: Rates): Figure[] {
  return [
    { name: 'as fast as it answers', value: most, unit: 'webhooks/s' },
    { name: 'highest sustained rate', value: sustained, unit: 'webhooks/s', note: 'by a ramp, see below' },
    { name: 'answered 200 at that rate', value: pressed.perSecond, unit: 'webhooks/s' },
    { name: 'half of them within', value: pressed.p50, unit: 'ms' },
    { name: '95 % within', value: pressed.p95, unit: 'ms' },
    { name: '99 % within', value: pressed.p99, unit: 'ms' },
    { name: 'refused', value: pressed.refused, unit: 'answers' },
    { name: 'failed', value: pressed.failed, unit: 'answers', target: { atMost: 0 } },
  ];
}

function overloaded(pressed: Pressed, asked: number): Figure[] {
  return [
    {
      name: `at ${Math.round(asked)} webhooks/s over ${OVERLOAD_CONNECTIONS} connections: answered 200`,
      value: pressed.perSecond,
      unit: 'webhooks/s',
    },
    { name: 'there, 99 % of the answers 200 within', value: pressed.p99, unit: 'ms' },
    {
      name: 'there, answered 503 with Retry-After',
      value: pressed.refused,
      unit: 'answers',
      target: { atLeast: 1 },
    },
    { name: 'there, failed in any other way', value: pressed.failed, unit: 'answers', target: { atMost: 0 } },
  ];
}

function toSeconds(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 4 && number <= 600) return number;
  throw new InvalidArgumentError('It must be a whole number from 4 to 600.');
}
