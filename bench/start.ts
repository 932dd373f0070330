import { buildAppForms } from './support/app-builds.ts';
import { bundle } from './support/bundle.ts';
import { startCosmosProcess } from './support/cosmos-process.ts';
import { differentMessages } from './support/events.ts';
import type { Figure } from './support/figure.ts';
import { median } from './support/interleave.ts';
import { postWebhook } from './support/post-webhook.ts';
import { report } from './support/report.ts';
import { startWorkerProcess, type WorkerMode } from './support/worker-process.ts';

const REGISTER_ROUNDS = 10;
const WEBHOOK_ROUNDS = 5;
const WARM_WEBHOOKS = 200;
const AT_ONCE = 100;
const MEGABYTE = 1024 * 1024;

/** From process start to functions registered, to the first webhook answered, and to a hundred at once. */
void report(async () => {
  const bundles = await bundle(['start-worker', 'cosmos-server'], 'minified');
  const builds = await buildAppForms();
  const cosmos = await startCosmosProcess(bundles.pathOf('cosmos-server'));
  const stage: Stage = {
    worker: bundles.pathOf('start-worker'),
    env: { COSMOS_CONNECTION_STRING: cosmos.connectionString },
  };
  try {
    return {
      figures: [
        ...(await registering(stage, builds)),
        ...(await firstWebhooks(stage, builds)),
        ...(await hundredAtOnce(stage, builds.bundled)),
      ],
    };
  } finally {
    cosmos.close();
    await builds.remove();
    await bundles.remove();
  }
});

type Stage = { worker: string; env: Record<string, string> };
type Builds = Record<'bundled' | 'eager' | 'unbundled', string>;

/** Side by side in rounds, so that both forms meet the same machine; the first round fills the file cache. */
async function registering(stage: Stage, builds: Builds): Promise<Figure[]> {
  const rounds: Record<keyof Builds, { wall: number; cpu: number }>[] = [];
  for (let round = -1; round < REGISTER_ROUNDS; round += 1) {
    const bundled = await register(stage, builds.bundled);
    const unbundled = await register(stage, builds.unbundled);
    const eager = await register(stage, builds.eager);
    if (round >= 0) rounds.push({ bundled, unbundled, eager });
  }
  const of = (form: keyof Builds, time: 'wall' | 'cpu') => median(rounds.map((round) => round[form][time]));
  const ratio = (time: 'wall' | 'cpu') =>
    median(rounds.map(({ bundled, unbundled }) => bundled[time] / unbundled[time]));
  return [
    { name: 'process start to functions registered', value: of('bundled', 'wall'), unit: 'ms' },
    { name: 'the same app unbundled', value: of('unbundled', 'wall'), unit: 'ms' },
    {
      name: 'bundled, against unbundled',
      value: ratio('wall'),
      unit: '×',
      target: { atMost: 0.5 },
      note: 'with the start of Node.js itself in both',
    },
    { name: 'bundled, against unbundled, processor time', value: ratio('cpu'), unit: '×' },
    {
      name: 'bundled with the Cosmos DB library loaded at once',
      value: of('eager', 'wall'),
      unit: 'ms',
      note: 'as deployed, it loads with the first message',
    },
  ];
}

async function register({ worker, env }: Stage, entry: string): Promise<{ wall: number; cpu: number }> {
  const { started, stop } = await startWorkerProcess(worker, { entry, mode: 'register', env });
  await stop();
  if (started.functions.length !== 2) throw new Error(`${entry} registered ${started.functions.join()}.`);
  return { wall: started.registeredAfterMs, cpu: started.cpuMs };
}

async function firstWebhooks(stage: Stage, { bundled, eager, unbundled }: Builds): Promise<Figure[]> {
  const rounds: Record<'cold' | 'warm' | 'eager' | 'unbundled', FirstWebhook>[] = [];
  for (let round = 0; round < WEBHOOK_ROUNDS; round += 1) {
    rounds.push({
      cold: await firstWebhook(stage, bundled, 'serve'),
      warm: await firstWebhook(stage, bundled, 'warm'),
      eager: await firstWebhook(stage, eager, 'serve'),
      unbundled: await firstWebhook(stage, unbundled, 'serve'),
    });
  }
  const of = (way: keyof (typeof rounds)[number], time: keyof FirstWebhook) =>
    median(rounds.map((round) => round[way][time]));
  return [
    {
      name: 'process start to the first webhook answered 200',
      value: of('cold', 'sinceStart'),
      unit: 'ms',
      note: 'with the local host in the same process',
    },
    {
      name: 'the same with the Cosmos DB library loaded at once',
      value: of('eager', 'sinceStart'),
      unit: 'ms',
    },
    { name: 'the same unbundled', value: of('unbundled', 'sinceStart'), unit: 'ms' },
    { name: 'first webhook, cold', value: of('cold', 'first'), unit: 'ms' },
    { name: 'first webhook after the warm-up', value: of('warm', 'first'), unit: 'ms' },
    { name: 'second webhook', value: of('cold', 'second'), unit: 'ms' },
    { name: `median of ${WARM_WEBHOOKS} more`, value: of('cold', 'usual'), unit: 'ms' },
  ];
}

type FirstWebhook = { sinceStart: number; first: number; second: number; usual: number };

async function firstWebhook({ worker, env }: Stage, entry: string, mode: WorkerMode): Promise<FirstWebhook> {
  const messages = differentMessages();
  let next = 0;
  const began = performance.now();
  // On a plan with a warm-up trigger.
  const settings = mode === 'warm' ? { ...env, WEBSITE_SKU: 'ElasticPremium' } : env;
  const process = await startWorkerProcess(worker, { entry, mode, env: settings });
  const { started } = process;
  if (!('url' in started)) throw new Error('The worker serves nothing.');
  const post = async () => {
    const sent = performance.now();
    await postWebhook(started.url, messages[next++ % messages.length] ?? Buffer.alloc(0));
    return performance.now() - sent;
  };
  const first = await post();
  const sinceStart = performance.now() - began;
  const second = await post();
  const more: number[] = [];
  while (more.length < WARM_WEBHOOKS) more.push(await post());
  await process.stop();
  return { sinceStart, first, second, usual: median(more) };
}

async function hundredAtOnce({ worker, env }: Stage, entry: string): Promise<Figure[]> {
  const process = await startWorkerProcess(worker, { entry, mode: 'serve', env });
  const { started } = process;
  if (!('url' in started)) throw new Error('The worker serves nothing.');
  const idle = await process.peakBytes();
  // Not all need to be stored: a hundred of 1 MB can take the store longer than a webhook waits.
  const send = (bytes: number) =>
    Promise.allSettled(differentMessages(bytes, AT_ONCE).map((message) => postWebhook(started.url, message)));
  await send(13_000);
  const usual = await process.peakBytes();
  await send(1_000_000);
  const large = await process.peakBytes();
  await process.stop();
  return [
    { name: 'peak memory of the process before the first webhook', value: idle / MEGABYTE, unit: 'MB' },
    { name: `with ${AT_ONCE} webhooks of 13 KB at once`, value: usual / MEGABYTE, unit: 'MB' },
    { name: `with ${AT_ONCE} webhooks of 1 MB at once`, value: large / MEGABYTE, unit: 'MB' },
  ];
}
