import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire, SourceMap } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startFunctionsHost } from '../../local/functions-host/host.ts';
import { listen, stopListening } from '../../local/listen.ts';
import { checkSize, filesIn, MAX_APP_BYTES, zipFolder } from '../../scripts/app/folder.ts';
import { withSourceLines } from '../../scripts/app/source-lines.ts';
import { checkedLines } from '../support/leaks/check.ts';
import { recordingHostLog, silencedConsole } from '../support/log.ts';
import { startOtlpReceiver } from '../support/otlp-receiver.ts';

const APP = 'dist/app';
const MAPS = 'dist/maps';
const BILL = 'dist/sbom.cdx.json';
const TSX = createRequire(import.meta.url).resolve('tsx');

let folder: string;
beforeAll(async () => {
  // Away from the project: nothing but what is deployed is within reach.
  folder = await mkdtemp(path.join(tmpdir(), 'package-'));
  await cp(APP, folder, { recursive: true });
});
afterAll(() => rm(folder, { recursive: true }));

const readJson = async (file: string) => JSON.parse(await readFile(file, 'utf8'));

/** The sources in each of the built files. */
async function sourcesByFile(): Promise<Record<string, string[]>> {
  const files = await readdir(MAPS);
  const sources = files.map(async (file) => [file, (await readJson(path.join(MAPS, file))).sources]);
  return Object.fromEntries(await Promise.all(sources));
}

/** What the deployed entry registers in a fresh process, and the stack of the function that is made to fail. */
async function loadApp(env: Record<string, string>, failing = '') {
  const { main } = await readJson(path.join(folder, 'package.json'));
  const child = fork(path.resolve('test/support/app-process.ts'), [path.join(folder, main), failing], {
    cwd: folder,
    execArgv: ['--import', TSX],
    env: { PATH: process.env.PATH, ...env },
    silent: true,
  });
  for (const output of [child.stdout, child.stderr]) output?.on('data', checkedLines('log'));
  const said = once(child, 'message').then(([message]) => message);
  const ended = once(child, 'close');
  const result = await Promise.race([said, ended.then(() => undefined)]);
  await ended;
  return result as { functions: string[]; stack: string } | undefined;
}

const COSMOS = {
  COSMOS_CONNECTION_STRING: 'AccountEndpoint=https://127.0.0.1:1/;AccountKey=a2V5LW9mLXRoZS10ZXN0cw==;',
};
const EVENT_HUB = {
  EventHubConnection:
    'Endpoint=sb://127.0.0.1/;SharedAccessKeyName=n;SharedAccessKey=a2V5LW9mLXRoZS10ZXN0cw==',
};
const KAFKA = { KAFKA_BROKERS: 'kafka.example:9092', KAFKA_TOPIC: 'products' };
const ALWAYS = ['health: httpTrigger', 'productWebhook: httpTrigger'];

describe('the deployed folder', () => {
  it('holds the built files, their licences and what Azure reads, and nothing else', async () => {
    expect(await filesIn(folder)).toEqual([
      'THIRD-PARTY-LICENSES.txt',
      'attach.cjs',
      'azure-identity.cjs',
      'cosmos-library.cjs',
      'host.json',
      'main.cjs',
      'package.json',
    ]);
    expect(await readJson(path.join(folder, 'host.json'))).toEqual(await readJson('host.json'));
    const { version, engines } = await readJson('package.json');
    expect(await readJson(path.join(folder, 'package.json'))).toMatchObject({
      type: 'commonjs',
      main: 'main.cjs',
      version,
      engines,
    });
  });

  it.each([
    ['no settings', {}, ALWAYS],
    ['Cosmos DB alone', COSMOS, ALWAYS],
    ['an Event Hub', { ...COSMOS, ...EVENT_HUB }, [...ALWAYS, 'productEventHub: eventHubTrigger']],
    [
      'an Event Hub by managed identity',
      { ...COSMOS, EventHubConnection__fullyQualifiedNamespace: 'hub.example' },
      [...ALWAYS, 'productEventHub: eventHubTrigger'],
    ],
    ['an Event Hub, and nothing else', EVENT_HUB, [...ALWAYS, 'productEventHub: eventHubTrigger']],
    ['Kafka', { ...COSMOS, ...KAFKA }, [...ALWAYS, 'productKafka: kafkaTrigger']],
    ['Kafka without a topic', { ...COSMOS, KAFKA_BROKERS: KAFKA.KAFKA_BROKERS }, ALWAYS],
    ['Kafka, and nothing else', KAFKA, ALWAYS],
    [
      'every way',
      { ...COSMOS, ...EVENT_HUB, ...KAFKA },
      [...ALWAYS, 'productEventHub: eventHubTrigger', 'productKafka: kafkaTrigger'],
    ],
    ['the Premium plan', { ...COSMOS, WEBSITE_SKU: 'ElasticPremium' }, [...ALWAYS, 'warmup: warmupTrigger']],
    [
      'the Flex Consumption plan, which has no warm-up',
      { ...COSMOS, WEBSITE_SKU: 'FlexConsumption' },
      ALWAYS,
    ],
    ['the Consumption plan, which has none either', { ...COSMOS, WEBSITE_SKU: 'Dynamic' }, ALWAYS],
  ])('registers exactly its functions with %s', async (_, env, functions) => {
    expect((await loadApp(env))?.functions.sort()).toEqual(functions.sort());
  });

  it('is at most 2 MB', async () => {
    expect(await checkSize(folder)).toBeLessThanOrEqual(2_000_000);
    expect(MAX_APP_BYTES).toBe(2_000_000);
  });

  it('names every package that is in the built files, with its version', async () => {
    const licences = await readFile(path.join(folder, 'THIRD-PARTY-LICENSES.txt'), 'utf8');
    const sources = Object.values(await sourcesByFile()).flat();
    const packages = new Set(
      sources.flatMap(
        (source) => /(node_modules\/(?:.*node_modules\/)?(?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? [],
      ),
    );
    expect(packages.size).toBeGreaterThan(10);
    for (const bundled of packages) {
      const { name, version } = await readJson(`${bundled}/package.json`);
      expect(licences).toContain(`${name} ${version} (`);
    }
  });

  it('loads at its start nothing that only messages and exporters need', async () => {
    const { 'main.cjs.map': main = [], ...others } = await sourcesByFile();
    expect(Object.keys(others).sort()).toEqual([
      'attach.cjs.map',
      'azure-identity.cjs.map',
      'cosmos-library.cjs.map',
    ]);
    const isLazy = (source: string) => /@azure\/(?!functions)|opentelemetry\/(?!api\/)|msal/.test(source);
    expect(Object.values(others).map((sources) => sources.some(isLazy))).toEqual([true, true, true]);
    expect(main.filter(isLazy)).toEqual([]);
    // `import { z } from 'zod'` brings all of zod, its messages in forty languages included; `import * as z` does not.
    expect(main.filter((source) => source.includes('zod/v4/locales/'))).toEqual([
      '../../node_modules/zod/v4/locales/en.js',
    ]);
  });

  it('by itself gets its tokens by managed identity, exports its spans, and stays up when the store is out of reach', async () => {
    const asked: unknown[] = [];
    const identity = createServer(({ url, headers }, answer) => {
      asked.push([url, headers['x-identity-header']]);
      answer.setHeader('content-type', 'application/json');
      const token = {
        access_token: 'access-token-of-the-tests',
        token_type: 'Bearer',
        expires_on: '4102444800',
      };
      answer.end(JSON.stringify(token));
    });
    const port = await listen(identity);
    const collector = await startOtlpReceiver();
    const warnings = silencedConsole('warn');
    vi.stubEnv('ORDERCLOUD_WEBHOOK_SECRETS', 'roastery-secret');
    vi.stubEnv('COSMOS_ENDPOINT', 'https://127.0.0.1:1');
    vi.stubEnv('IDENTITY_ENDPOINT', `http://127.0.0.1:${port}/token`);
    vi.stubEnv('IDENTITY_HEADER', 'identity-header-of-the-tests');
    vi.stubEnv('AZURE_CLIENT_ID', 'user-assigned');
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', collector.url);
    vi.stubEnv('OTEL_EXPORTER_OTLP_PROTOCOL', 'http/json');
    // Attached before the collector's exporter is used: where one is missing from the bundle, none is.
    vi.stubEnv(
      'APPLICATIONINSIGHTS_CONNECTION_STRING',
      'InstrumentationKey=00000000-0000-0000-0000-00000000c0de;IngestionEndpoint=https://127.0.0.1:1/',
    );
    const host = await startFunctionsHost({
      entry: path.join(folder, 'main.cjs'),
      port: 0,
      log: recordingHostLog(),
    });
    const health = await fetch(`${host.url}/api/health`);
    const refused = await fetch(`${host.url}/api/webhooks/products`, { method: 'POST', body: '{}' });
    // Sends what it has.
    await host.close();
    await stopListening(identity);
    vi.unstubAllEnvs();
    expect([health.status, refused.status]).toEqual([503, 401]);
    expect(asked).toEqual([[expect.any(String), 'identity-header-of-the-tests']]);
    const { pathname, searchParams } = new URL(String((asked[0] as [string])[0]), 'http://127.0.0.1');
    expect([pathname, searchParams.get('resource'), searchParams.get('client_id')]).toEqual([
      '/token',
      'https://127.0.0.1:1',
      'user-assigned',
    ]);
    expect(collector.spans.map(({ name }) => name)).toContain('process webhook');
    expect(collector.metrics.get('productsync.webhooks.refused')?.points).toHaveLength(1);
    expect(warnings.mock.calls.join()).not.toContain('could not be attached');
    warnings.mockRestore();
  });
});

describe('a build that has grown too large', () => {
  it('fails, and names what is large', async () => {
    await expect(checkSize(folder, 1_000)).rejects.toThrow(
      /more than the 1000 .*\(azure-identity\.cjs \d+, /,
    );
  });
});

describe('the archive', () => {
  it('holds the folder, byte for byte, and is the same whenever it is made', async () => {
    const zip = await zipFolder(folder);
    const unzipped = unzipSync(zip);
    expect(Object.keys(unzipped)).toEqual(await filesIn(APP));
    for (const [file, bytes] of Object.entries(unzipped)) {
      expect(Buffer.compare(bytes, await readFile(path.join(APP, file)))).toBe(0);
    }
    const copied = await mkdtemp(path.join(tmpdir(), 'package-later-'));
    for (const [file, bytes] of Object.entries(unzipped)) await writeFile(path.join(copied, file), bytes);
    expect(Buffer.compare(await zipFolder(copied), zip)).toBe(0);
    await rm(copied, { recursive: true });
  });
});

describe('a stack trace from production', () => {
  it('is led back to the line of the source', async () => {
    const loaded = await loadApp({ ...COSMOS, ...EVENT_HUB }, 'productEventHub');
    expect(loaded?.stack).toMatch(/main\.cjs:\d+:\d+/);
    const trace = withSourceLines(
      loaded?.stack ?? '',
      new Map([['main.cjs', new SourceMap(await readJson(path.join(MAPS, 'main.cjs.map')))]]),
    );
    expect(trace).toContain('The trigger handed over events that are no list');
    const [, file, line] = /(functions\/batch-handler\.ts):(\d+):\d+/.exec(trace) ?? [];
    const source = (await readFile(String(file), 'utf8')).split('\n');
    expect(source[Number(line) - 1]).toContain('return new Error(`The trigger handed over');
    expect(trace).toMatch(/functions\/product-event-hub\.ts:\d+:\d+/);
  });

  it('keeps what is no place in the bundle', () => {
    const map = new SourceMap({
      file: '',
      version: 3,
      sources: [],
      sourcesContent: [],
      names: [],
      mappings: '',
      sourceRoot: '',
    });
    const trace =
      'Error: x\n  at f (/home/main.cjs:1:2)\n  at g (/home/other.cjs:1:2)\n  at node:internal/x:3:4\n';
    expect(withSourceLines(trace, new Map([['main.cjs', map]]))).toBe(trace);
  });
});

describe('the software bill of materials', () => {
  it('is CycloneDX, with what runs in Azure told from what does not', async () => {
    // What is left of an earlier run would pass, whatever becomes of this one.
    await rm(BILL, { force: true });
    const { stdout } = await promisify(execFile)('npm', ['run', '--silent', 'sbom']);
    expect(stdout.trim()).toBe(BILL);
    const { name, dependencies, devDependencies } = await readJson('package.json');
    const bill = await readJson(BILL);
    expect(bill).toMatchObject({
      bomFormat: 'CycloneDX',
      specVersion: expect.stringMatching(/^1\.\d$/),
      version: 1,
      metadata: { component: { type: 'application', name } },
      dependencies: expect.any(Array),
    });
    const scopeOf = (wanted: [string, string]) =>
      bill.components.find(
        (found: { name: string; version: string }) => found.name === wanted[0] && found.version === wanted[1],
      )?.scope;
    for (const entry of Object.entries<string>(dependencies))
      expect([entry, scopeOf(entry)]).toEqual([entry, 'required']);
    for (const entry of Object.entries<string>(devDependencies))
      expect([entry, scopeOf(entry)]).toEqual([entry, 'excluded']);
    for (const { purl, hashes } of bill.components) {
      expect(purl).toMatch(/^pkg:npm\//);
      expect(hashes?.length ?? 0, purl).toBeGreaterThan(0);
    }
    expect(JSON.stringify(bill)).not.toMatch(/timestamp|serialNumber|https?:\/\/(127|localhost)/);
  });
});
