import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { DEAD_LETTER_REASONS } from '../../../src/store/dead-letter.ts';
import type { Settled } from '../../../src/sync/sync-batch.ts';
import { METRICS } from '../../../src/telemetry/metrics.ts';
import { at, Expression, parseBicep, type Value } from '../../support/bicep.ts';
import { broken, readTemplate, type Template } from './template-files.ts';

type Alert = Record<'name' | 'description' | 'query' | 'dimension' | 'operator' | 'frequency', string> & {
  threshold: number;
  window: string | Expression;
};

// https://learn.microsoft.com/azure/azure-monitor/reference/tables/appmetrics and so on, as far as alerts use them.
const COLUMNS: Record<string, string[]> = {
  AppMetrics: ['Name', 'Sum', 'Max', 'Properties'],
  AppRequests: ['OperationName', 'ResultCode', 'Success', 'ItemCount'],
  _LogOperation: ['Category', 'Detail'],
};
const KUSTO = 'where summarize by and in between contains sum max count coalesce tostring toint false'.split(
  ' ',
);

const OUTCOMES: Record<Settled['outcome'], true> = {
  created: true,
  updated: true,
  unchanged: true,
  deleted: true,
  duplicate: true,
  stale: true,
  superseded: true,
  ignored: true,
  'dead-lettered': true,
};
const VALUES: Record<string, readonly string[]> = {
  outcome: Object.keys(OUTCOMES),
  reason: DEAD_LETTER_REASONS,
};

const template = await readTemplate();
const functions = await registeredFunctions();

async function registeredFunctions(): Promise<string[]> {
  const files = (await readdir('functions')).filter((path) => path.endsWith('.ts'));
  const sources = await Promise.all(files.map((path) => readFile(`functions/${path}`, 'utf8')));
  return quoted(sources.join('\n'), /\bapp\.\w+\('(\w+)'/g);
}

async function alertsOf(files: Template): Promise<Alert[]> {
  const { variables } = await parseBicep(files['modules/alerts.bicep'] ?? '');
  return [...(variables.queryAlerts as Alert[]), variables.silenceAlert as Alert];
}

/** Names in a query that neither the app nor the tables of Log Analytics have. */
function unknownNames({ query, dimension }: Alert): string[] {
  const [table = ''] = query.split('\n');
  const columns = COLUMNS[table];
  if (columns === undefined) return [table];
  const words = query
    .replace(/'[^']*'/g, '')
    .replace(/\bProperties\.\w+/g, 'Properties')
    .match(/\b[A-Za-z_]\w*/g);
  const known = [table, ...columns, ...KUSTO, 'Value', dimension];
  return [
    ...(words ?? []).filter((word) => !known.includes(word)),
    ...(query.includes('| summarize Value = ') ? [] : ['Value']),
    ...(dimension !== '' && !query.includes(`by ${dimension} =`) ? [dimension] : []),
    ...(table === 'AppMetrics' ? unknownInMetrics(query) : []),
    ...quoted(query, /OperationName !?(?:==|in|=) ?\(?((?:'\w+'(?:, )?)+)/g)
      .flatMap((list) => list.split(', ').map((name) => name.slice(1, -1)))
      .filter((name) => !functions.includes(name)),
  ];
}

/** Metrics, attributes that the metric has not, and values that the attribute never has. */
function unknownInMetrics(query: string): string[] {
  const [metric = ''] = quoted(query, /\bName == '([^']+)'/g);
  const definition = Object.entries(METRICS).find(([name]) => name === metric)?.[1];
  if (definition === undefined) return [metric];
  const attributes: readonly string[] = definition.attributes;
  return [
    ...quoted(query, /Properties\.(\w+)/g).filter((name) => !attributes.includes(name)),
    ...[...query.matchAll(/Properties\.(\w+)\) == '([^']+)'/g)].flatMap(([, name = '', value = '']) =>
      VALUES[name]?.includes(value) === true ? [] : [value],
    ),
  ];
}

function quoted(query: string, pattern: RegExp): string[] {
  return [...query.matchAll(pattern)].map(([, name = '']) => name);
}

const text = (value: Value | undefined) => (value instanceof Expression ? value.text : value);

describe('the alerts', () => {
  it('fire at what infra/README.md says: dead letters, lag, failing batches, 5xx, 401, the cap, silence', async () => {
    const conditions = (await alertsOf(template)).map(({ name, operator, threshold, frequency, window }) => [
      name,
      operator,
      threshold,
      frequency,
      window instanceof Expression ? window.text.replace(/['{}$]/g, '') : window,
    ]);
    expect(conditions).toEqual([
      ['dead-letters', 'GreaterThan', 0, 'PT15M', 'PT15M'],
      ['lag', 'GreaterThan', 15 * 60_000, 'PT5M', 'PT15M'],
      ['batches-failing', 'GreaterThan', 0, 'PT5M', 'PT15M'],
      ['answers-5xx', 'GreaterThan', 5, 'PT5M', 'PT5M'],
      ['burst-of-401', 'GreaterThan', 20, 'PT5M', 'PT5M'],
      ['telemetry-cap', 'GreaterThan', 0, 'PT15M', 'PT1H'],
      ['silence', 'LessThan', 1, 'PT1H', 'PTsilenceHoursH'],
    ]);
    const table = await readFile('infra/README.md', 'utf8');
    const section = /### Alerts([\s\S]*?)\n### /.exec(table)?.[1] ?? '';
    const listed = quoted(section, /^\| `([\w-]+)` \|/gm);
    expect(listed.sort()).toEqual([...conditions.map(([name]) => name), 'throttling'].sort());
  });

  it('are rules of their own conditions, all of them, and mail to whom main.bicep names', async () => {
    const { resources, variables } = await parseBicep(template['modules/alerts.bicep'] ?? '');
    const rule = resources.find(({ symbol }) => symbol === 'queryAlert')?.body ?? null;
    const condition = at(rule, 'properties', 'criteria', 'allOf', '0') ?? null;
    for (const name of ['query', 'operator', 'threshold']) {
      expect(text(at(condition, name)), name).toBe(`alert.${name}`);
    }
    expect(text(at(rule, 'properties', 'windowSize'))).toBe('alert.window');
    expect(text(at(rule, 'properties', 'evaluationFrequency'))).toBe('alert.frequency');
    expect(text(at(rule, 'properties', 'enabled'))).toBe(true);
    expect(text(at(rule, 'properties', 'actions', 'actionGroups'))).toBe('actionGroups');
    expect(text(variables.actionGroups)).toBe('empty(email) ? [] : [mail.id]');
    expect(template['modules/alerts.bicep']).toContain(
      '[\n  for alert in concat(queryAlerts, silenceHours == 0 ? [] : [silenceAlert]): {',
    );
  });

  it('watch Cosmos DB for throttling by its own metric', async () => {
    const { resources } = await parseBicep(template['modules/alerts.bicep'] ?? '');
    const rule = resources.find(({ symbol }) => symbol === 'throttlingAlert')?.body ?? null;
    expect(at(rule, 'properties', 'criteria', 'allOf')).toEqual([
      {
        criterionType: 'StaticThresholdCriterion',
        name: 'throttled',
        metricNamespace: 'Microsoft.DocumentDB/databaseAccounts',
        metricName: 'TotalRequests',
        dimensions: [{ name: 'StatusCode', operator: 'Include', values: ['429'] }],
        timeAggregation: 'Count',
        operator: 'GreaterThan',
        threshold: 100,
      },
    ]);
    expect(at(rule, 'properties', 'scopes')).toEqual([new Expression('cosmosAccountId')]);
    expect(at(rule, 'properties', 'enabled')).toBe(true);
    expect(text(at(rule, 'properties', 'actions'))).toBe('[for id in actionGroups: { actionGroupId: id }]');
  });

  it('ask only for tables, columns, metrics, attributes, outcomes and functions that exist', async () => {
    expect(functions).toEqual(expect.arrayContaining(['productWebhook', 'productEventHub', 'health']));
    for (const alert of await alertsOf(template)) expect(unknownNames(alert), alert.name).toEqual([]);
  });

  it.each([
    ['productsync.lag', 'productsync.delay', 'productsync.delay'],
    // An outcome, and an attribute, that the code does have: but not here.
    ["'dead-lettered'", "'invalid-json'", 'invalid-json'],
    ['tostring(Properties.outcome)', 'tostring(Properties.stream)', 'stream'],
    [
      "OperationName == 'productWebhook' and ResultCode",
      "OperationName == 'productHook' and ResultCode",
      'productHook',
    ],
    ["!in ('productWebhook', 'health')", "!in ('productWebhook', 'helth')", 'helth'],
    ['AppMetrics\n', 'customMetrics\n', 'customMetrics'],
    ['max(Max)', 'max(ItemCount)', 'ItemCount'],
    ['Category =~', 'Kind =~', 'Kind'],
    ["dimension: 'Reason'", "dimension: 'Cause'", 'Cause'],
  ])('are refused with %s as %s', async (from, to, name) => {
    const alerts = await alertsOf(broken(template, 'modules/alerts.bicep', from, to));
    expect(alerts.flatMap(unknownNames)).toContain(name);
  });

  it('tell in each mail what to look at', async () => {
    for (const { name, description } of await alertsOf(template)) {
      expect(description.length, name).toBeGreaterThan(40);
    }
  });
});
