import { type AppBuilds, buildAppForms } from './support/app-builds.ts';
import { startAzureStandIns } from './support/azure-stand-ins.ts';
import { bundle } from './support/bundle.ts';
import { startCosmosProcess } from './support/cosmos-process.ts';
import type { Figure } from './support/figure.ts';
import { firstWebhooks, firstWebhooksInAzure } from './support/first-webhooks.ts';
import { hundredAtOnce } from './support/hundred-at-once.ts';
import { median } from './support/interleave.ts';
import { report } from './support/report.ts';
import { type Stage, startWorkerProcess } from './support/worker-process.ts';

const REGISTER_ROUNDS = 10;

/** From process start to functions registered, to the first webhook answered, and to a hundred at once. */
void report(async () => {
  const bundles = await bundle(['start-worker', 'cosmos-server']);
  const builds = await buildAppForms();
  const cosmos = await startCosmosProcess(bundles.pathOf('cosmos-server'));
  const azure = await startAzureStandIns(cosmos.endpoint);
  const worker = bundles.pathOf('start-worker');
  const stage: Stage = { worker, env: { COSMOS_CONNECTION_STRING: cosmos.connectionString } };
  try {
    return {
      figures: [
        ...(await registering(stage, builds)),
        ...(await firstWebhooks(stage, builds)),
        ...(await firstWebhooksInAzure({ worker, env: azure.env }, builds, azure)),
        ...(await hundredAtOnce(stage, builds.bundled)),
      ],
    };
  } finally {
    await azure.close();
    cosmos.close();
    await builds.remove();
    await bundles.remove();
  }
});

type Form = Exclude<keyof AppBuilds, 'remove'>;

/** Side by side in rounds, so that all forms meet the same machine; the first round fills the file cache. */
async function registering(stage: Stage, builds: AppBuilds): Promise<Figure[]> {
  const rounds: Record<Form, { wall: number; cpu: number }>[] = [];
  for (let round = -1; round < REGISTER_ROUNDS; round += 1) {
    const bundled = await register(stage, builds.bundled);
    const unbundled = await register(stage, builds.unbundled);
    if (round >= 0) rounds.push({ bundled, unbundled });
  }
  const of = (form: Form, time: 'wall' | 'cpu') => median(rounds.map((round) => round[form][time]));
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
  ];
}

async function register({ worker, env }: Stage, entry: string): Promise<{ wall: number; cpu: number }> {
  const { started, stop } = await startWorkerProcess(worker, { entry, mode: 'register', env });
  await stop();
  if (started.functions.length !== 2) throw new Error(`${entry} registered ${started.functions.join()}.`);
  return { wall: started.registeredAfterMs, cpu: started.cpuMs };
}
