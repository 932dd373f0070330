import { createRequire } from 'node:module';
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
