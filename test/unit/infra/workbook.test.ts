import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { METRICS } from '../../../src/telemetry/metrics.ts';
import { parseKusto } from './kusto/parse-kusto.ts';
import { queryProblems } from './queries.ts';
import { propertiesOf, readSnapshot } from './snapshot.ts';

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
