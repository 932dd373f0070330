import { readdir, readFile } from 'node:fs/promises';

/** A query as it stands in code or documentation. */
export type FoundQuery = { file: string; query: string };

/** What an index must hold for a query: single paths, and pairs or more that are sorted by together. */
export type IndexNeeds = {
  paths: string[];
  sortedTogether: { path: string; order: 'ascending' | 'descending' }[][];
};

// A string literal, a fenced block or a span of code that begins with SELECT and reads a container …
const QUERY = /(["'`]|```sql\n(?:--.*\n)*)(\s*SELECT\b(?:(?!\1|```)[\s\S])*?\bFROM c\b[\s\S]*?)(?:\1|```)/gi;
// … whatever it reads …
const ANY_QUERY = /(["'`]|```sql\n(?:--.*\n)*)\s*SELECT\b(?:(?!\1|```)[\s\S])*?\bFROM\b/gi;
// … parts that code makes one of: conditions, an order …
const PART = /(["'`])((?:(?!\1).)*?\bc(?:\.\w|\[").*?)\1/g;
// … fields that it selects, which need no index: the ID is the first, as in no order …
const FIELDS = /^c\.id(?:, c(?:\.\w+)+)*$/;
// … and a path that is in none of these.
const PATH = /\bc(?:\.[A-Za-z_]\w*|\["\w+"\])/;

/** Every Cosmos DB query in the files and folders given, by text. */
export async function findQueries(places: readonly string[]): Promise<FoundQuery[]> {
  const files = (await Promise.all(places.map(filesIn))).flat().sort();
  const found = await Promise.all(
    files.map(async (file) => queriesIn(await readFile(file, 'utf8')).map((query) => ({ file, query }))),
  );
  return found.flat();
}

async function filesIn(place: string): Promise<string[]> {
  if (/\.\w+$/.test(place)) return [place];
  const entries = await readdir(place, { recursive: true });
  return entries.filter((entry) => /\.(ts|md)$/.test(entry)).map((entry) => `${place}/${entry}`);
}

/**
 * The queries in a source text; a part of one, such as a condition, becomes a query of its own.
 * @throws when one reads the container by another name than `c`, or a path of `c` is in none: it would not be found
 */
export function queriesIn(source: string): string[] {
  const text = source.replace(/(["'`])\s*\+\s*\1/g, '');
  const queries = [...text.matchAll(QUERY)].map(([, , query = '']) => query.trim());
  const all = [...text.matchAll(ANY_QUERY)];
  if (queries.length !== all.length) {
    throw new Error(`A query does not read FROM c; it is one of: ${all.map(([query]) => query).join('; ')}`);
  }
  const rest = text.replace(QUERY, '');
  const parts = [...rest.matchAll(PART)].map(([, , part = '']) => part.trim());
  const lost = PATH.exec(rest.replace(PART, ''));
  if (lost !== null) throw new Error(`${lost[0]} belongs to no query that can be read`);
  return [...queries, ...parts.filter((part) => !FIELDS.test(part)).map(toQuery)];
}

function toQuery(part: string): string {
  if (/^(WHERE|ORDER BY|JOIN)\b/i.test(part)) return `SELECT * FROM c ${part}`;
  const condition = part.replace(/^(AND|OR)\b\s*/i, '');
  if (!/^(NOT\b|\(|\w+\s*\(|c[.[])/i.test(condition) || !/[=<>(]|\b(IN|BETWEEN|LIKE)\b/i.test(condition)) {
    throw new Error(`${part} belongs to no query that can be read`);
  }
  return `SELECT * FROM c WHERE ${condition}`;
}

/**
 * What a query filters and sorts by, as paths of an indexing policy. Elements of a list that `JOIN` or `IN` names are
 * under the list's path when they are filtered by at the top; what a subquery filters is looked at item by item.
 */
export function indexNeeds(query: string): IndexNeeds {
  const [, from = '', where = '', order = ''] =
    /\bFROM\b([\s\S]*?)(?:\bWHERE\b([\s\S]*?))?(?:\bORDER BY\b([\s\S]*?))?(?:\bOFFSET\b[\s\S]*)?$/i.exec(
      withoutSubqueries(query),
    ) ?? [];
  const aliases = new Map([['c', '']]);
  for (const [, alias = '', root = '', path = ''] of from.matchAll(/(\w+)\s+IN\s+(\w+)((?:\.\w+)+)/gi)) {
    aliases.set(alias, `${aliases.get(root) ?? ''}${path.replaceAll('.', '/')}/[]`);
  }
  const sorted = order
    .split(',')
    .filter((term) => term.trim() !== '')
    .map((term) => ({
      path: pathsIn(term, aliases)[0] ?? term.trim(),
      order: /\bDESC\b/i.test(term) ? ('descending' as const) : ('ascending' as const),
    }));
  return {
    paths: [...new Set([...pathsIn(where, aliases), ...sorted.map(({ path }) => path)])],
    sortedTogether: sorted.length > 1 ? [sorted] : [],
  };
}

/** Without what stands in parentheses that begin with SELECT: the query's own clauses are left. */
function withoutSubqueries(query: string): string {
  const text = query
    .replace(/(\["\w+"\])|'[^']*'|"[^"]*"/g, (_, property?: string) => property ?? "''")
    .replace(/\$\{[^}]*\}/g, ' ');
  const start = /\(\s*SELECT\b/i.exec(text)?.index;
  if (start === undefined) return text;
  let end = start;
  let depth = 0;
  do {
    if (text[end] === '(') depth++;
    if (text[end] === ')') depth--;
    end++;
  } while (depth > 0 && end < text.length);
  return withoutSubqueries(`${text.slice(0, start)} ${text.slice(end)}`);
}

function pathsIn(text: string, aliases: ReadonlyMap<string, string>): string[] {
  const references = text.matchAll(/(ARRAY_CONTAINS\s*\(\s*)?\b(\w+)((?:\.\w+|\["\w+"\])+)/gi);
  return [...references].flatMap(([, contains, root = '', steps = '']) => {
    const start = aliases.get(root);
    if (start === undefined) return [];
    const path = steps.replace(/\["(\w+)"\]/g, '.$1').replaceAll('.', '/');
    return [`${start}${path}${contains === undefined ? '' : '/[]'}/?`];
  });
}
