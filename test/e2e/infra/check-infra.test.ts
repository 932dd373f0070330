import { cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { findBicep } from '../../../scripts/infra/bicep.ts';
import { checkSchemas } from '../../../scripts/infra/check-schemas.ts';
import { checkTemplate } from '../../../scripts/infra/check-template.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const bicep = await findBicep({ pinned: true });
if (bicep === null)
  console.log('Skipped: the tests of the Bicep compiler need the .NET SDK, which brings it.');

type Mistake = { file: string; from: string; to: string; found: RegExp };

/** A copy of `paths` with mistakes in it. */
async function copyWith(paths: string[], mistakes: readonly Mistake[]): Promise<string> {
  const folder = await temporaryFolder();
  for (const copied of paths) await cp(copied, path.join(folder, copied), { recursive: true });
  for (const { file, from, to } of mistakes) {
    const text = await readFile(path.join(folder, file), 'utf8');
    expect(text).toContain(from);
    await writeFile(path.join(folder, file), text.replace(from, to));
  }
  return folder;
}

const mistake = (file: string, from: string, to: string, found: RegExp): Mistake => ({
  file,
  from,
  to,
  found,
});

const WILL_NOT_COMPILE = [
  mistake(
    'infra/modules/storage.bicep',
    'allowBlobPublicAccess:',
    'allowBlobPublicAcess:',
    /BCP089.*"allowBlobPublicAcess"/,
  ),
  mistake(
    'infra/modules/cosmos.bicep',
    'maxThroughput: maxThroughput',
    'maxThroughput: maxThrougput',
    /BCP057.*"maxThrougput"/,
  ),
  mistake('infra/main.bicep', '    partitionCount: partitionCount\n', '', /BCP035.*"partitionCount"/),
  mistake(
    'infra/main.bicep',
    'identity.outputs.clientId',
    'identity.outputs.applicationId',
    /BCP053.*"applicationId"/,
  ),
  mistake(
    'infra/modules/monitoring.bicep',
    'param tags object',
    "param tags object\nparam zone string = '1'",
    /no-unused-params.*"zone"/,
  ),
  mistake(
    'infra/modules/event-hubs.bicep',
    '/namespaces@2026-01-01',
    '/namespaces@2024-01-01',
    /use-recent-api-versions.*'Microsoft.EventHub\/namespaces'/,
  ),
  mistake(
    'infra/modules/identity.bicep',
    '  tags: tags',
    '    tags: tags',
    /identity.bicep: run `bicep format`/,
  ),
];

const WOULD_CREATE_SOMETHING_ELSE = [
  mistake('infra/modules/function-app.bicep', 'COSMOS_DATABASE:', 'COSMOS_DB:', /\+ properties.COSMOS_DB:/),
  mistake(
    'infra/modules/event-hubs.bicep',
    "rights: ['Send']",
    "rights: ['Send', 'Listen']",
    /\+ .*"Listen"/,
  ),
  mistake('infra/modules/cosmos.bicep', '/replace', '/*', /"Microsoft.DocumentDB.*items\/\*"/),
  mistake('infra/modules/alerts.bicep', 'max(Max)', 'max(Maximum)', /max\(Maximum\)/),
];

describe.skipIf(bicep === null)('check:infra, by the compiler', { timeout: 60_000 }, () => {
  it.each([
    ['will not compile', WILL_NOT_COMPILE],
    ['would create something else', WOULD_CREATE_SOMETHING_ELSE],
  ])('refuses what %s', async (_, mistakes) => {
    if (bicep === null) throw new Error('skipped without a compiler');
    const folder = await copyWith(['infra'], mistakes);
    const { errors, warnings } = await checkTemplate(bicep, path.join(folder, 'infra'));
    const found = stripVTControlCharacters([...errors, ...warnings].join('\n'));
    for (const expected of mistakes) expect(found).toMatch(expected.found);
  });

  it('finds the secrets that are too short, each part by itself', async () => {
    if (bicep === null) throw new Error('skipped without a compiler');
    const secrets = [
      'one-of-16-letters',
      'one-of-16-letters,another-of-these',
      'one-of-16-letters, ',
      'short,one-of-16-letters,',
    ];
    const given = `[${secrets.map((text) => `shortSecrets('${text}')`).join(', ')}]`;
    const folder = await temporaryFolder({
      'shown.bicep': 'param short array\noutput short array = short\n',
      'shown.bicepparam': `using 'shown.bicep'\nimport { shortSecrets } from 'infra/main.bicep'\nparam short = ${given}\n`,
    });
    await cp('infra', path.join(folder, 'infra'), { recursive: true });
    const { stdout } = await bicep.run('build-params', path.join(folder, 'shown.bicepparam'), '--stdout');
    const { parameters } = JSON.parse(JSON.parse(stdout).parametersJson);
    expect(parameters.short.value).toEqual([[], [], [' '], ['short', '']]);
  });
});

describe('check:infra, by JSON schemas', () => {
  const FILES = ['azure.yaml', 'host.json', '.github'];

  const MISTAKES = [
    mistake('host.json', 'maxBatchSize', 'maxBatchSise', /host.json: \/extensions\/kafka .*maxBatchSise/),
    mistake('host.json', '"2.0"', '"3.0"', /host.json: \/version must be equal to constant/),
    mistake('azure.yaml', 'prepackage:', 'beforepackage:', /azure.yaml: \/hooks .*beforepackage/),
    mistake(
      'azure.yaml',
      'remoteBuild: false',
      'remoteBuilt: false',
      /azure.yaml: \/services\/app .*remoteBuilt/,
    ),
    mistake(
      '.github/workflows/ci.yml',
      'timeout-minutes: 30',
      'timeout-minuts: 30',
      /ci.yml: \/jobs\/test .*timeout-minuts/,
    ),
    mistake('.github/workflows/deploy.yml', 'id-token: write', 'id-tokens: write', /deploy.yml: .*id-tokens/),
  ];

  it('refuses names and values that they do not know', async () => {
    const found = (await checkSchemas(await copyWith(FILES, MISTAKES))).join('\n');
    for (const expected of MISTAKES) expect(found).toMatch(expected.found);
  });

  it('takes them as they are', async () => {
    expect(await checkSchemas('.')).toEqual([]);
  });
});
