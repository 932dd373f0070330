import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { DEAD_LETTER_REASONS } from '../../../src/store/dead-letter.ts';
import type { Settled } from '../../../src/sync/settled.ts';
import { METRICS } from '../../../src/telemetry/metrics.ts';
import tables from './log-tables.json' with { type: 'json' };

/** What Microsoft's parser says of a query: everything it complains of, and the columns of the result. */
export type ParsedQuery = { problems: string[]; columns: string[] };

// The library is .NET compiled to JavaScript. Its types take the compiler seconds, and these few are all that is used.
type List<Item> = { Count: number; getItem(index: number): Item };
type Code = {
  GetDiagnostics(): List<{ Message: string }>;
  /** Without columns where there is no table. */
  ResultType: { Columns?: List<{ Name: string }> } | null;
};
type Globals = { WithDatabase(database: object): Globals };
type Kusto = {
  Language: {
    GlobalState: { Default: Globals };
    KustoCode: { ParseAndAnalyze(query: string, globals: Globals): Code };
    Symbols: {
      TableSymbol: { $ctor7: new (name: string, schema: string, description: null) => object };
      DatabaseSymbol: { ctor: new (name: string, tables: object[]) => object };
    };
  };
};

const { GlobalState, KustoCode, Symbols } = loadKusto().Language;
const globals = GlobalState.Default.WithDatabase(
  new Symbols.DatabaseSymbol.ctor(
    'workspace',
    Object.entries(tables).map(([name, { columns }]) => {
      const schema = Object.entries(columns).map(([column, type]) => `${column}: ${type}`);
      return new Symbols.TableSymbol.$ctor7(name, `(${schema.join(', ')})`, null);
    }),
  ),
);

/** Parses a query, and looks every name up: in the tables of `log-tables.json` and among Kusto's own functions. */
export function parseKusto(query: string): ParsedQuery {
  const code = KustoCode.ParseAndAnalyze(query, globals);
  const columns = code.ResultType?.Columns;
  return {
    problems: itemsOf(code.GetDiagnostics()).map(({ Message }) => Message),
    columns: columns === undefined ? [] : itemsOf(columns).map(({ Name }) => Name),
  };
}

// The first query also binds Kusto's own functions: on a busy machine that takes longer than a test may.
parseKusto('AppMetrics | summarize count()');

function itemsOf<Item>(list: List<Item>): Item[] {
  return Array.from({ length: list.Count }, (_, index) => list.getItem(index));
}

/** Both files put themselves into the global scope: first the .NET run time, then the library. */
function loadKusto(): Kusto {
  const require = createRequire(import.meta.url);
  require('@kusto/language-service-next/bridge.min.js');
  require('@kusto/language-service-next/Kusto.Language.Bridge.min.js');
  return (globalThis as unknown as { Kusto: Kusto }).Kusto;
}

// A record, not a list: the compiler asks for every one there is.
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

/** What the app really sends, read from its own code: its functions' names, and the values of its metrics' attributes. */
async function readSent(): Promise<{
  functions: readonly string[];
  values: Record<string, readonly string[]>;
}> {
  const files = (await readdir('functions')).filter((path) => path.endsWith('.ts'));
  const sources = await Promise.all(files.map((path) => readFile(`functions/${path}`, 'utf8')));
  const functions = [...sources.join('\n').matchAll(/\bapp\.\w+\('(\w+)'/g)].map(([, name = '']) => name);
  return { functions, values: { outcome: Object.keys(OUTCOMES), reason: DEAD_LETTER_REASONS } };
}

export const SENT = await readSent();

/** What is wrong with a Kusto query: syntax, tables, columns; names and values that the app never sends. */
export function queryProblems(query: string): string[] {
  return [...parseKusto(query).problems, ...unknownMetrics(query), ...unknownValues(query)];
}

/** Metrics that the app has not, and attributes that none of the metrics of the query has. */
function unknownMetrics(query: string): string[] {
  const metrics = quoted(query, /['"](productsync\.[\w.]+)['"]/g);
  const definitions = metrics.flatMap((name) =>
    name in METRICS ? METRICS[name as keyof typeof METRICS] : [],
  );
  const attributes = definitions.flatMap((definition): readonly string[] => definition.attributes);
  return [
    ...metrics.filter((name) => !(name in METRICS)).map((name) => `the app has no metric ${name}`),
    ...(query.startsWith('AppMetrics') ? attributesIn(query) : [])
      .filter((name) => !attributes.includes(name))
      .map((name) => `the metric has no attribute ${name}`),
  ];
}

function unknownValues(query: string): string[] {
  const { functions, values } = SENT;
  const compared = [...query.matchAll(/Properties(?:\.(\w+)|\['([^']+)'\])\) (?:==|!=) '([^']+)'/g)];
  return [
    ...compared
      .filter(([, dotted = '', bracketed = dotted, value = '']) => !values[bracketed]?.includes(value))
      .map(([, , , value]) => `the attribute never is ${value}`),
    ...listed(query, /OperationName !?(?:==|in|=) ?\(?((?:'\w+'(?:, )?)+)/g)
      .filter((name) => !functions.includes(name))
      .map((name) => `there is no function ${name}`),
  ];
}

function attributesIn(query: string): string[] {
  return [...query.matchAll(/Properties(?:\.(\w+)|\['([^']+)'\])/g)].map(
    ([, dotted, quotedName]) => dotted ?? quotedName ?? '',
  );
}

function listed(query: string, pattern: RegExp): string[] {
  return quoted(query, pattern).flatMap((list) => list.split(', ').map((name) => name.slice(1, -1)));
}

function quoted(query: string, pattern: RegExp): string[] {
  return [...query.matchAll(pattern)].map(([, name = '']) => name);
}
