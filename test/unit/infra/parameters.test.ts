import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';

const template = await readFile('infra/main.bicep', 'utf8');
const { parameters } = JSON.parse(await readFile('infra/main.parameters.json', 'utf8'));
const declared = [...template.matchAll(/^param (\w+) \w+( =)?/gm)].map(([, name = '', hasDefault]) => ({
  name,
  isRequired: hasDefault === undefined,
}));
const names = declared.map(({ name }) => name);
const required = declared.filter(({ isRequired }) => isRequired).map(({ name }) => name);

describe('the parameters that azd gives', () => {
  it('are known to the template, and all that it requires', () => {
    expect(required).toEqual(['environmentName', 'location', 'webhookSecrets']);
    expect(Object.keys(parameters)).toEqual(expect.arrayContaining(required));
    expect(names).toEqual(expect.arrayContaining(Object.keys(parameters)));
  });

  it('are secure where they are secret', () => {
    for (const name of names.filter((parameter) => /secrets?$|password$/i.test(parameter))) {
      expect(template, name).toMatch(new RegExp(`@secure\\(\\)\\n(?:@.*\\n)*param ${name} `));
    }
  });
});

describe('the variant with everything', () => {
  it('sets every parameter, so that its snapshot shows what each does', async () => {
    const variant = await readFile('infra/variants/everything.bicepparam', 'utf8');
    expect([...variant.matchAll(/^param (\w+) =/gm)].map(([, name]) => name)).toEqual(names);
  });
});
