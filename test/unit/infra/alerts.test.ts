import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parseBicep } from '../../support/bicep.ts';
import { broken, readTemplate, type Template } from './template-files.ts';

type Alert = { name: string; description: string; query: string; dimension: string };

const template = await readTemplate();
const code = await sourcesOf('src');
const functions = await sourcesOf('functions');

async function sourcesOf(folder: string): Promise<string> {
  const files = (await readdir(folder, { recursive: true })).filter((path) => path.endsWith('.ts'));
  return (await Promise.all(files.map((path) => readFile(`${folder}/${path}`, 'utf8')))).join('\n');
}

async function alertsOf(files: Template): Promise<Alert[]> {
  const { variables } = await parseBicep(files['modules/alerts.bicep'] ?? '');
  return [...(variables.queryAlerts as Alert[]), variables.silenceAlert as Alert];
}

/** Names in a query that neither the app nor the tables of Log Analytics have. */
function unknownNames({ query, dimension }: Alert): string[] {
  const tables = query.match(/^\w+$/gm) ?? [];
  const columns = [
    ...query.matchAll(/\b(Name|OperationName|ResultCode|Success|Sum|Max|ItemCount|Properties)\b/g),
  ];
  const result = /\| summarize Value = .*$/m.exec(query)?.[0] ?? '';
  return [
    ...tables.filter((table) => table !== 'AppMetrics' && table !== 'AppRequests'),
    ...(columns.length === 0 || result === '' ? [query] : []),
    ...(dimension !== '' && !result.includes(`by ${dimension} =`) ? [dimension] : []),
    ...quoted(query, /\bName == '([^']+)'/g).filter((metric) => !code.includes(`'${metric}'`)),
    ...quoted(query, /Properties\.\w+\) == '([^']+)'/g).filter((outcome) => !code.includes(`'${outcome}'`)),
    ...quoted(query, /Properties\.(\w+)/g).filter((name) => !new RegExp(`\\b${name}\\b`).test(code)),
    ...quoted(query, /OperationName !?(?:==|in|=) ?\(?((?:'\w+'(?:, )?)+)/g)
      .flatMap((list) => list.split(', ').map((name) => name.slice(1, -1)))
      .filter((name) => !functions.includes(`'${name}'`)),
  ];
}

function quoted(query: string, pattern: RegExp): string[] {
  return [...query.matchAll(pattern)].map(([, name = '']) => name);
}

describe('the alerts', () => {
  it('watch dead letters, lag, failing batches, 5xx, bursts of 401 and silence, and throttling', async () => {
    expect((await alertsOf(template)).map(({ name }) => name)).toEqual([
      'dead-letters',
      'lag',
      'batches-failing',
      'answers-5xx',
      'burst-of-401',
      'silence',
    ]);
    const { resources } = await parseBicep(template['modules/alerts.bicep'] ?? '');
    expect(resources.map(({ symbol }) => symbol)).toContain('throttlingAlert');
  });

  it('ask only for tables, metrics, outcomes and functions that exist', async () => {
    for (const alert of await alertsOf(template)) expect(unknownNames(alert), alert.name).toEqual([]);
  });

  it.each([
    ['productsync.lag', 'productsync.delay'],
    ["'dead-lettered'", "'deadlettered'"],
    ["OperationName == 'productWebhook' and ResultCode", "OperationName == 'productHook' and ResultCode"],
    ["!in ('productWebhook', 'health')", "!in ('productWebhook', 'helth')"],
    ['AppMetrics\n', 'customMetrics\n'],
    ["dimension: 'Reason'", "dimension: 'Cause'"],
  ])('are refused with %s as %s', async (from, to) => {
    const alerts = await alertsOf(broken(template, 'modules/alerts.bicep', from, to));
    expect(alerts.flatMap(unknownNames)).toHaveLength(1);
  });

  it('tell in each mail what to look at', async () => {
    for (const { name, description } of await alertsOf(template)) {
      expect(description.length, name).toBeGreaterThan(40);
    }
  });
});
