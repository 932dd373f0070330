import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { METRICS } from '../../../src/telemetry/metrics.ts';
import { parseKusto, queryProblems, SENT } from './queries.ts';
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

type Item = {
  type: number;
  name: string;
  content: {
    query: string;
    visualization: string;
    timeContextFromParameter: string;
    crossComponentResources: string[];
    parameters: { name: string }[];
  };
};

const snapshot = await readSnapshot('default');
const workbook = propertiesOf(snapshot, 'Microsoft.Insights/workbooks');
const { items } = JSON.parse(String(workbook.serializedData)) as { items: Item[] };
const shown = items.filter(({ type }) => type === 3);

/** A query as the workbook sends it: with a step in place of its parameter. */
const asSent = (query: string) => query.replaceAll('{TimeRange:grain}', '5m');

describe('the workbook', () => {
  it.each(shown)('$name asks for what Kusto, the tables and the app know', ({ content }) => {
    expect(queryProblems(asSent(content.query))).toEqual([]);
    const { columns } = parseKusto(asSent(content.query));
    expect(columns.length).toBeGreaterThan(1);
    if (content.visualization === 'timechart') expect(columns).toContain('TimeGenerated');
  });

  it('is refused with a metric, an attribute or a column that nobody sends', () => {
    const wrong = (from: string, to: string) => {
      const query = shown.find(({ content }) => content.query.includes(from))?.content.query ?? '';
      return queryProblems(asSent(query.replace(from, to))).join('\n');
    };
    expect(wrong('productsync.retries', 'productsync.retry')).toMatch(/no metric productsync.retry/);
    expect(wrong('Properties.transport', 'Properties.way')).toMatch(/no attribute way/);
    expect(wrong("Properties['error.type']", "Properties['error.kind']")).toMatch(/no attribute error.kind/);
    expect(wrong('DurationMs', 'Duration')).toMatch(/'Duration' does not refer to any known column/);
  });

  it('shows every metric but those that others stand for', () => {
    const queries = shown.map(({ content }) => content.query).join('\n');
    const missing = Object.keys(METRICS).filter((name) => !queries.includes(`'${name}'`));
    expect(missing).toEqual([
      // `status` shows what of it needs attention.
      'productsync.messages.ignored',
      'productsync.store.conflicts',
      'productsync.batch.size',
      'productsync.batch.duration',
    ]);
  });

  it('takes all from the workspace, for the time that one chooses', () => {
    expect(items[0]?.content.parameters.map(({ name }) => name)).toEqual(['TimeRange']);
    for (const { name, content } of shown) {
      expect(content.timeContextFromParameter, name).toBe('TimeRange');
      expect(content.crossComponentResources, name).toEqual([workbook.sourceId]);
    }
    expect(workbook.sourceId).toMatch(/\/workspaces\/log-\w+$/);
  });

  it('looks for spans by the names that the app gives them', async () => {
    const sources = await Promise.all(
      (await readdir('src', { recursive: true }))
        .filter((path) => path.endsWith('.ts'))
        .map((path) => readFile(`src/${path}`, 'utf8')),
    );
    const names = shown.flatMap(({ content }) => [...content.query.matchAll(/Name startswith '([^']+)'/g)]);
    expect(names.length).toBeGreaterThan(0);
    for (const [, name = ''] of names) expect(sources.join('\n')).toMatch(new RegExp(`['\`]${name}`));
  });

  it('is linked from the runbook', async () => {
    expect(snapshot.outputs.WORKBOOK_URL).toMatch(
      /^https:\/\/portal\.azure\.com\/#resource\/.*\/workbooks\/[\da-f-]{36}$/,
    );
    expect(await readFile('docs/operations.md', 'utf8')).toContain('azd env get-value WORKBOOK_URL');
  });
});

describe('the queries of the documentation', () => {
  it('ask for what Kusto, the tables and the app know', async () => {
    const pages = (await readdir('docs')).filter((path) => path.endsWith('.md'));
    const texts = await Promise.all(pages.map((path) => readFile(`docs/${path}`, 'utf8')));
    const queries = [...texts.join('\n').matchAll(/```kusto\n([\s\S]*?)```/g)].map(([, query = '']) => query);
    expect(queries.length).toBeGreaterThan(1);
    for (const query of queries) expect(queryProblems(query), query).toEqual([]);
  });
});
