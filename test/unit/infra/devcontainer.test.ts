import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';

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
