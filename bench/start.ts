import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { LOCAL_WEBHOOK_SECRET } from '../local/defaults.ts';
import { buildApp } from '../scripts/app/build-app.ts';
import { signatureOf } from '../src/message/signature.ts';
import { benchMessage } from './messages.ts';
import { bundle } from './support/bundle.ts';
import { startCosmosProcess } from './support/cosmos-process.ts';
import { differentMessages } from './support/events.ts';
import { median } from './support/interleave.ts';
import { report } from './support/report.ts';
import type { Figure } from './support/results.ts';
import { registerInProcess, serveInProcess } from './support/worker-process.ts';

const PROJECT = path.join(import.meta.dirname, '..');
const REGISTER_ROUNDS = 10;
const WEBHOOK_ROUNDS = 5;
const AT_ONCE = 100;
const MEGABYTE = 1024 * 1024;

/** What starts: the bundled worker, and the app's settings. */
type Stage = { worker: string; env: Record<string, string> };

/** From process start to functions registered, to the first webhook answered, and to a hundred at once. */
void report(async () => {
  const bundles = await bundle(['start-worker', 'cosmos-server']);
  const { bundled, unbundled, remove } = await buildAppForms();
  const cosmos = await startCosmosProcess(bundles.pathOf('cosmos-server'));
  const stage: Stage = {
    worker: bundles.pathOf('start-worker'),
    env: { COSMOS_CONNECTION_STRING: cosmos.connectionString },
  };
  try {
    return [
      ...(await registering(stage, bundled, unbundled)),
      await firstWebhook(stage, bundled),
      ...(await hundredAtOnce(stage, bundled)),
    ];
  } finally {
    cosmos.close();
    await remove();
    await bundles.remove();
  }
});

/** Side by side in rounds, so that both forms meet the same machine; the first round fills the file cache. */
async function registering(stage: Stage, bundled: string, unbundled: string): Promise<Figure[]> {
  const register = async (entry: string) => {
    const { started, stop } = await registerInProcess({ ...stage, entry });
    await stop();
    if (started.functions.length !== 2) throw new Error(`${entry} registered ${started.functions.join()}.`);
    return started.afterMs;
  };
  const rounds: { bundled: number; unbundled: number }[] = [];
  for (let round = -1; round < REGISTER_ROUNDS; round += 1) {
    const times = { bundled: await register(bundled), unbundled: await register(unbundled) };
    if (round >= 0) rounds.push(times);
  }
  return [
    {
      name: 'process start to functions registered',
      value: median(rounds.map((round) => round.bundled)),
      unit: 'ms',
    },
    { name: 'the same app unbundled', value: median(rounds.map((round) => round.unbundled)), unit: 'ms' },
    {
      name: 'bundled, against unbundled',
      value: median(rounds.map((round) => round.bundled / round.unbundled)),
      unit: '×',
      target: { atMost: 0.5 },
      note: 'with the start of Node.js itself in both',
    },
  ];
}

async function firstWebhook(stage: Stage, entry: string): Promise<Figure> {
  const times: number[] = [];
  while (times.length < WEBHOOK_ROUNDS) {
    const began = performance.now();
    const { started, stop } = await serveInProcess({ ...stage, entry });
    await postWebhook(started.url, benchMessage(times.length));
    times.push(performance.now() - began);
    await stop();
  }
  return {
    name: 'process start to the first webhook answered 200',
    value: median(times),
    unit: 'ms',
    note: 'with the local host in the same process',
  };
}

/** The most memory that a process takes, and how many it stores, with a hundred webhooks at once. */
async function hundredAtOnce(stage: Stage, entry: string): Promise<Figure[]> {
  const { started, peakBytes, stop } = await serveInProcess({ ...stage, entry });
  const answered200 = async (bytes: number) => {
    const posts = differentMessages(bytes, AT_ONCE).map((message) => postWebhook(started.url, message));
    return (await Promise.allSettled(posts)).filter(({ status }) => status === 'fulfilled').length;
  };
  const usualAnswers = await answered200(13_000);
  const usual = await peakBytes();
  const largeAnswers = await answered200(1_000_000);
  const large = await peakBytes();
  await stop();
  return [
    {
      name: `of ${AT_ONCE} webhooks of 13 KB at once, answered 200`,
      value: usualAnswers,
      unit: 'answers',
      target: { atLeast: AT_ONCE },
    },
    { name: 'peak memory of the process by then', value: usual / MEGABYTE, unit: 'MB' },
    {
      name: `of ${AT_ONCE} webhooks of 1 MB at once, answered 200`,
      value: largeAnswers,
      unit: 'answers',
      note: 'no target: a hundred of 1 MB can take the store longer than a webhook waits',
    },
    { name: 'peak memory of the process by then', value: large / MEGABYTE, unit: 'MB' },
  ];
}

/** Posts a signed message and waits for all of the answer. A refusal is an error: nothing else would be measured. */
async function postWebhook(url: string, body: Buffer): Promise<void> {
  const headers = { 'x-oc-hash': signatureOf(body, LOCAL_WEBHOOK_SECRET) };
  const response = await fetch(url, { method: 'POST', headers, body });
  const answer = await response.text();
  if (response.status !== 200) throw new Error(`A webhook was answered ${response.status}: ${answer}`);
}

/** Builds the app as it is deployed, and without bundling. */
async function buildAppForms() {
  // Inside the project: what is not bundled has to find node_modules.
  const folder = path.join(PROJECT, 'dist/bench');
  await rm(folder, { recursive: true, force: true });
  const { app } = await buildApp(folder);
  const unbundled = path.join(folder, 'unbundled');
  await transpile(unbundled);
  return {
    bundled: path.join(app, 'main.cjs'),
    unbundled: path.join(unbundled, 'functions/main.js'),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Each source file to a file of its own, as the TypeScript compiler does for most function apps. */
async function transpile(outdir: string): Promise<void> {
  const sources = ['functions/**/*.ts', 'src/**/*.ts'];
  await build({
    entryPoints: sources,
    absWorkingDir: PROJECT,
    outbase: '.',
    outdir,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'warning',
  });
  await mkdir(outdir, { recursive: true });
  await writeFile(path.join(outdir, 'package.json'), JSON.stringify({ type: 'commonjs' }));
  for (const file of await readdir(outdir, { recursive: true })) {
    if (!file.endsWith('.js')) continue;
    const text = await readFile(path.join(outdir, file), 'utf8');
    const loadable = text
      .replace(/((?:require|import)\("\.[^"]*)\.ts"\)/g, '$1.js")')
      // These are ES modules: their default export is one, and not the whole module.
      .replace(/(__toESM\(require\("p-[a-z]+"\)), 1\)/g, '$1)');
    await writeFile(path.join(outdir, file), loadable);
  }
}
