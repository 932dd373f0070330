import type { AppBuilds } from './app-builds.ts';
import type { AzureStandIns } from './azure-stand-ins.ts';
import { differentMessages } from './events.ts';
import type { Figure } from './figure.ts';
import { median } from './interleave.ts';
import { postWebhook } from './post-webhook.ts';
import { type Stage, startWorkerProcess, type WorkerMode } from './worker-process.ts';

const WEBHOOK_ROUNDS = 5;
const AZURE_ROUNDS = 9;
const WARM_WEBHOOKS = 200;

/** From process start to the first webhook answered, with a key for Cosmos DB and no exporter. */
export async function firstWebhooks(stage: Stage, { bundled, unbundled }: AppBuilds): Promise<Figure[]> {
  const rounds: Record<'cold' | 'warm' | 'unbundled', FirstWebhook>[] = [];
  for (let round = 0; round < WEBHOOK_ROUNDS; round += 1) {
    rounds.push({
      cold: await firstWebhook(stage, bundled, 'serve'),
      warm: await firstWebhook(stage, bundled, 'warm'),
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
    { name: 'the same unbundled', value: of('unbundled', 'sinceStart'), unit: 'ms' },
    { name: 'first webhook, cold', value: of('cold', 'first'), unit: 'ms' },
    { name: 'first webhook after the warm-up', value: of('warm', 'first'), unit: 'ms' },
    { name: 'second webhook', value: of('cold', 'second'), unit: 'ms' },
    { name: `median of ${WARM_WEBHOOKS} more`, value: of('cold', 'usual'), unit: 'ms' },
  ];
}

/** The same with the settings of `azd up`: tokens by managed identity, and Application Insights. */
export async function firstWebhooksInAzure(
  stage: Stage,
  { bundled }: AppBuilds,
  { requireUsed }: AzureStandIns,
): Promise<Figure[]> {
  const rounds: FirstWebhook[] = [];
  while (rounds.length < AZURE_ROUNDS) rounds.push(await firstWebhook(stage, bundled, 'serve'));
  requireUsed();
  const of = (time: keyof FirstWebhook) => median(rounds.map((round) => round[time]));
  return [
    {
      name: 'as `azd up` sets it up: process start to the first webhook',
      value: of('sinceStart'),
      unit: 'ms',
      note: 'managed identity, Application Insights, and Cosmos DB over TLS, all on this machine',
    },
    { name: 'first webhook there, cold', value: of('first'), unit: 'ms' },
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
