import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '../../src/config.ts';

type Compose = {
  'x-settings': Record<string, string>;
  services: Record<string, { image: string; ports?: string[]; environment?: Record<string, unknown> }>;
  configs: Record<string, { content: string }>;
};

const compose = async (): Promise<Compose> => parse(await readFile('compose.yaml', 'utf8'));

/** The port of a loopback address in a text. */
const portIn = (text = ''): string | undefined => /127\.0\.0\.1:(\d+)/.exec(text)?.[1];

it('compose.yaml names settings of the app, and what they hold is right', async () => {
  const { 'x-settings': settings } = await compose();
  const sample = JSON.parse(await readFile('local.settings.sample.json', 'utf8'));
  expect(Object.keys(sample.Values)).toEqual(expect.arrayContaining(Object.keys(settings)));
  const config = readConfig({ ...settings, ORDERCLOUD_WEBHOOK_SECRETS: 'a-secret-of-the-tests' });
  expect(config.problems).toEqual([]);
  expect([config.app, config.eventHub, config.kafka]).not.toContain(null);
});

it('compose.yaml publishes what the settings name, on this machine only', async () => {
  const { 'x-settings': settings, services, configs } = await compose();
  const ports = Object.values(services).flatMap(({ ports }) => ports ?? []);
  for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:(\d+):\1$/);
  const published = ports.map(portIn);
  expect(published).toEqual(
    expect.arrayContaining([
      portIn(settings.KAFKA_BROKERS),
      portIn(settings.COSMOS_CONNECTION_STRING),
      '5672',
    ]),
  );
  expect(services.kafka?.environment?.KAFKA_ADVERTISED_LISTENERS).toBe(
    `PLAINTEXT://${settings.KAFKA_BROKERS}`,
  );
  const [namespace] = JSON.parse(configs['event-hubs']?.content ?? '').UserConfig.NamespaceConfig;
  expect(namespace.Entities[0]).toMatchObject({
    Name: settings.EVENT_HUB_NAME,
    ConsumerGroups: [{ Name: settings.EVENT_HUB_CONSUMER_GROUP }],
  });
});

it('compose.yaml pins every image', async () => {
  for (const { image } of Object.values((await compose()).services)) {
    expect(image).toMatch(/^[\w./-]+:(?!latest)[\w.-]*\d[\w.-]*$/);
  }
});

const read = async (path: string) => JSON.parse(await readFile(path, 'utf8'));

it('the development container has what the project runs on: Node.js as in Azure, Azurite, the tools of Azure', async () => {
  const { features, customizations } = await read('.devcontainer/devcontainer.json');
  const infrastructure = await readFile('infra/modules/function-app.bicep', 'utf8');
  const { devDependencies } = await read('package.json');
  const [, node] = /runtime: \{ name: 'node', version: '(\d+)' \}/.exec(infrastructure) ?? [];
  expect(features).toMatchObject({
    'ghcr.io/devcontainers/features/node:1': { version: node },
    'ghcr.io/devcontainers/features/azure-cli:1': { installBicep: true },
    'ghcr.io/azure/azure-dev/azd:latest': {},
    'ghcr.io/jlaundry/devcontainer-features/azure-functions-core-tools:1': {},
    'ghcr.io/devcontainers-extra/features/npm-packages:1': { packages: `azurite@${devDependencies.azurite}` },
  });
  const { recommendations } = await read('.vscode/extensions.json');
  expect(customizations.vscode.extensions).toEqual(recommendations);
});
