import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parseBicep } from '../../support/bicep.ts';
import { broken, readTemplate } from './template-files.ts';
import { templateProblems } from './template-problems.ts';

const template = await readTemplate();

const SECRET_NAME = /^(?!has).*(secrets?|password|key)$/i;

describe('the Bicep template', () => {
  it('has no syntax error, no unused and no undeclared name, and passes each module what it declares', async () => {
    expect(Object.keys(template)).toContain('main.bicep');
    expect(await templateProblems(template)).toEqual([]);
  });

  it.each([
    ['main.bicep', "name: 'identity'", "name: 'identity", 'syntax error'],
    ['modules/storage.bicep', 'properties: { publicAccess: ', 'properties: publicAccess: ', 'syntax error'],
    [
      'modules/storage.bicep',
      'param location string',
      'param location string\nparam zone string',
      'zone is never used',
    ],
    [
      'modules/cosmos.bicep',
      "var databaseName = 'catalog'",
      "var databaseName = 'catalog'\nvar other = 1",
      'other is never',
    ],
    [
      'modules/cosmos.bicep',
      'maxThroughput: maxThroughput',
      'maxThroughput: maxThrougput',
      'maxThrougput is declared nowhere',
    ],
    ['main.bicep', '    partitionCount: partitionCount\n', '', 'module eventHubs lacks partitionCount'],
    ['main.bicep', 'capacity: cosmosCapacity', 'mode: cosmosCapacity', 'module cosmos has no mode'],
    ['main.bicep', 'identity.outputs.clientId', 'identity.outputs.applicationId', 'no output applicationId'],
    ['main.bicep', "'modules/alerts.bicep'", "'modules/alarms.bicep'", 'modules/alarms.bicep does not exist'],
  ])('is refused when %s has %j as %j', async (path, from, to, problem) => {
    expect((await templateProblems(broken(template, path, from, to))).join('\n')).toContain(problem);
  });

  it('is given every required parameter by azd, and none that it lacks', async () => {
    const { parameters } = await parseBicep(template['main.bicep'] ?? '');
    const given = Object.keys(JSON.parse(await readFile('infra/main.parameters.json', 'utf8')).parameters);
    expect(parameters.map(({ name }) => name)).toEqual(expect.arrayContaining(given));
    expect(given).toEqual(
      expect.arrayContaining(parameters.filter(({ isRequired }) => isRequired).map(({ name }) => name)),
    );
  });

  it('marks every secret as secure, and puts none into an output', async () => {
    for (const [path, source] of Object.entries(template)) {
      const { parameters } = await parseBicep(source);
      const open = parameters.filter(({ name, isSecure }) => SECRET_NAME.test(name) && !isSecure);
      expect(open.map(({ name }) => `${path}: ${name}`)).toEqual([]);
      for (const { name } of parameters.filter(({ isSecure }) => isSecure)) {
        expect(source).not.toMatch(new RegExp(`^output .*\\b${name}\\b`, 'm'));
      }
      expect(source).not.toMatch(/^output .*listKeys|listConnectionStrings/m);
    }
  });
});
