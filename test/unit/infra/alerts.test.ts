import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parseKusto } from './kusto/parse-kusto.ts';
import { queryProblems, SENT } from './queries.ts';
import { propertiesOf, readSnapshot, resourcesOf, type Snapshot } from './snapshot.ts';

type Criterion = {
  query: string;
  metricMeasureColumn: string;
  dimensions: { name: string }[];
  operator: string;
  threshold: number;
};
type Rule = {
  description: string;
  enabled: boolean;
  evaluationFrequency: string;
  windowSize: string;
  criteria: { allOf: Criterion[] };
  actions: { actionGroups: string[] };
};

const plain = await readSnapshot('default');
const full = await readSnapshot('everything');

function rulesOf(snapshot: Snapshot): { name: string; rule: Rule }[] {
  return resourcesOf(snapshot, 'Microsoft.Insights/scheduledQueryRules').map(({ name, properties }) => ({
    name: name.replace(/^alert-(.*)-\w+$/, '$1'),
    rule: properties as Rule,
  }));
}

const criteria = rulesOf(plain).flatMap(({ name, rule }) =>
  rule.criteria.allOf.map((criterion) => ({ name, ...criterion })),
);
const queryOf = (alert: string) => criteria.find(({ name }) => name === alert)?.query ?? '';

describe('the alerts', () => {
  it('fire at what infra/README.md says: dead letters, lag, failing batches, 5xx, 401, the cap, silence', async () => {
    const conditions = rulesOf(plain).map(({ name, rule }) => {
      const [criterion] = rule.criteria.allOf;
      return [name, criterion?.operator, criterion?.threshold, rule.evaluationFrequency, rule.windowSize];
    });
    expect(conditions).toEqual([
      ['dead-letters', 'GreaterThan', 0, 'PT15M', 'PT15M'],
      ['lag', 'GreaterThan', 15 * 60_000, 'PT5M', 'PT15M'],
      ['batches-failing', 'GreaterThan', 0, 'PT5M', 'PT15M'],
      ['answers-5xx', 'GreaterThan', 5, 'PT5M', 'PT5M'],
      ['burst-of-401', 'GreaterThan', 20, 'PT5M', 'PT5M'],
      ['telemetry-cap', 'GreaterThan', 0, 'PT15M', 'PT1H'],
      ['silence', 'LessThan', 1, 'PT1H', 'PT24H'],
    ]);
    const section = /### Alerts([\s\S]*?)\n##/.exec(await readFile('infra/README.md', 'utf8'))?.[1] ?? '';
    const listed = [...section.matchAll(/^\| `([\w-]+)` \|/gm)].map(([, name]) => name);
    expect(listed.sort()).toEqual([...rulesOf(plain).map(({ name }) => name), 'throttling'].sort());
  });

  it('are on, look at the workspace, mail to whom a parameter names, and say what to look at', () => {
    for (const { name, rule } of [...rulesOf(plain), ...rulesOf(full)]) {
      expect(rule, name).toMatchObject({
        enabled: true,
        scopes: [expect.stringMatching(/\/workspaces\/log-\w+$/)],
      });
      expect(rule.description.length, name).toBeGreaterThan(40);
    }
    expect(rulesOf(plain).flatMap(({ rule }) => rule.actions.actionGroups)).toEqual([]);
    const [mail] = resourcesOf(full, 'Microsoft.Insights/actionGroups');
    expect(mail?.properties.emailReceivers).toEqual([
      { name: 'mail', emailAddress: 'on-call@roastery.example', useCommonAlertSchema: true },
    ]);
    for (const { rule } of rulesOf(full)) expect(rule.actions.actionGroups).toEqual([mail?.id]);
    expect(propertiesOf(full, 'Microsoft.Insights/metricAlerts').actions).toEqual([
      { actionGroupId: mail?.id },
    ]);
    expect(rulesOf(full).find(({ name }) => name === 'silence')?.rule.windowSize).toBe('PT6H');
  });

  it('watch Cosmos DB for throttling by its own metric', () => {
    const rule = propertiesOf(plain, 'Microsoft.Insights/metricAlerts');
    expect(rule).toMatchObject({
      enabled: true,
      scopes: [expect.stringMatching(/\/databaseAccounts\/cosmos-\w+$/)],
      criteria: {
        allOf: [
          {
            metricNamespace: 'Microsoft.DocumentDB/databaseAccounts',
            metricName: 'TotalRequests',
            dimensions: [{ name: 'StatusCode', operator: 'Include', values: ['429'] }],
            timeAggregation: 'Count',
            operator: 'GreaterThan',
            threshold: 100,
          },
        ],
      },
    });
  });

  it.each(criteria)(
    '$name asks for what Kusto, the tables and the app know',
    ({ query, dimensions, metricMeasureColumn }) => {
      expect(SENT.functions).toEqual(expect.arrayContaining(['productWebhook', 'productEventHub', 'health']));
      expect(queryProblems(query)).toEqual([]);
      const measured = [...dimensions.map(({ name }) => name), metricMeasureColumn];
      expect(parseKusto(query).columns).toEqual(measured);
    },
  );

  it.each([
    ['lag', 'productsync.lag', 'productsync.delay', /no metric productsync.delay/],
    // An outcome, and an attribute, that the code does have: but not here.
    ['dead-letters', "'dead-lettered'", "'invalid-json'", /never is invalid-json/],
    ['dead-letters', 'Properties.outcome', 'Properties.stream', /no attribute stream/],
    ['answers-5xx', "'productWebhook'", "'productHook'", /no function productHook/],
    ['batches-failing', "'health'", "'helth'", /no function helth/],
    ['dead-letters', 'AppMetrics', 'customMetrics', /'customMetrics' does not refer to any known table/],
    ['lag', 'max(Max)', 'max(Maximum)', /'Maximum' does not refer to any known column/],
    ['telemetry-cap', 'Category', 'Kind', /'Kind' does not refer to any known column/],
    ['lag', 'summarize', 'sumarize', /Query operator expected/],
    ['silence', 'coalesce', 'coalese', /coalese/],
  ])('are refused where %s has %s as %s', (alert, from, to, problem) => {
    const wrong = queryOf(alert).replace(from, to);
    expect(wrong).not.toBe(queryOf(alert));
    expect(queryProblems(wrong).join('\n')).toMatch(problem);
  });
});
