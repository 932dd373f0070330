import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { containerDefinitions } from '../../../src/operate/containers.ts';
import { readAppSettings } from '../../../src/settings/app-settings.ts';
import { findQueries, type IndexNeeds, indexNeeds, queriesIn } from './cosmos-queries.ts';
import { propertiesOf, readSnapshot, resourcesOf } from './snapshot.ts';

type Policy = { includedPaths: string[]; compositeIndexes: { path: string; order: string }[][] };

const PLACES = ['src', 'cli', 'functions', 'docs', 'infra'];

type Container = {
  id: string;
  partitionKey: { paths: string[] };
  defaultTtl: number;
  indexingPolicy: {
    includedPaths: { path: string }[];
    compositeIndexes: Policy['compositeIndexes'];
  };
};

const snapshot = await readSnapshot('default');
const deployed = resourcesOf(snapshot, 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers').map(
  ({ properties }) => properties.resource as Container,
);
const containers: Policy[] = deployed.map(({ indexingPolicy: { includedPaths, compositeIndexes } }) => ({
  includedPaths: includedPaths.map(({ path }) => path),
  compositeIndexes,
}));
const settings = readAppSettings({ COSMOS_ENDPOINT: 'https://account.documents.azure.com:443/' });
if (settings.settings === null)
  throw new Error('one setting is enough for the others to have their defaults');
const definitions = containerDefinitions(settings.settings.cosmos);

/** What `policies` lack for a query: it may be about either container, so one of them must hold all of it. */
function lacking({ paths, sortedTogether }: IndexNeeds, policies: readonly Policy[] = containers): string[] {
  const lists = policies.map(({ includedPaths, compositeIndexes }) => [
    // Cosmos DB indexes these by itself.
    ...paths.filter((path) => !['/id/?', '/_ts/?', ...includedPaths].includes(path)),
    ...sortedTogether
      .filter((sorted) => !compositeIndexes.some((index) => serves(index, sorted)))
      .map((sorted) => sorted.map(({ path, order }) => `${path} ${order}`).join(', ')),
  ]);
  return lists.sort((one, other) => one.length - other.length)[0] ?? paths;
}

/** A composite index serves its own order, and the opposite of all of it. */
function serves(index: Policy['compositeIndexes'][number], sorted: IndexNeeds['sortedTogether'][number]) {
  const same = sorted.map(({ path, order }, i) => [
    `${index[i]?.path}/?` === path,
    index[i]?.order === order,
  ]);
  return (
    index.length === sorted.length &&
    same.every(([path]) => path) &&
    new Set(same.map(([, order]) => order)).size === 1
  );
}

/** Paths of `policies` that none of the queries needs that the same policy serves in full. */
function unused(queries: readonly string[], policies: readonly Policy[] = containers): string[] {
  return policies.flatMap((policy) => {
    const served = queries.map(indexNeeds).filter((needs) => lacking(needs, [policy]).length === 0);
    const needed = served.flatMap(({ paths }) => paths);
    return policy.includedPaths.filter((path) => !needed.includes(path));
  });
}

describe('the containers that are deployed', () => {
  it('are those that the app creates for itself elsewhere: name, partition key, time to live, index', () => {
    for (const { indexingPolicy } of deployed) {
      expect(indexingPolicy).toMatchObject({
        indexingMode: 'consistent',
        automatic: true,
        excludedPaths: [{ path: '/*' }],
      });
    }
    expect(
      deployed.map(({ id, partitionKey, defaultTtl, indexingPolicy }) => ({
        id,
        partitionKey: { paths: partitionKey.paths },
        defaultTtl,
        included: indexingPolicy.includedPaths,
      })),
    ).toEqual(
      definitions.map(({ id, partitionKey, defaultTtl, indexingPolicy }) => ({
        id,
        partitionKey,
        defaultTtl,
        included: indexingPolicy?.includedPaths,
      })),
    );
    const { resource } = propertiesOf(snapshot, 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases');
    expect(resource).toEqual({ id: settings.settings.cosmos.database });
  });

  it('are made one after another, and the roles after them: an account takes one change at a time', async () => {
    // What waits for what is in no prediction.
    const source = await readFile('infra/modules/cosmos.bicep', 'utf8');
    expect(source).toContain('@batchSize(1)\nresource container ');
    expect(source.match(/^ {2}dependsOn: .*$/gm)).toEqual([
      '  dependsOn: [container]',
      '  dependsOn: [appRole]',
    ]);
  });

  it('have an index for everything that a query in code or documentation filters and sorts by', async () => {
    const queries = await findQueries(PLACES);
    const unserved = queries.flatMap(({ file, query }) =>
      lacking(indexNeeds(query)).map((path) => `${file}: ${path} in ${query}`),
    );
    expect(unserved).toEqual([]);
    // What is known to be there: the collector finds strings, templates, conditions, blocks and spans.
    const all = queries.map(({ file, query }) => `${file}: ${query.replace(/\s+/g, ' ')}`).join('\n');
    expect(all).toContain('docs/document.md: SELECT c.id, c.name, c.pricing.display.price');
    expect(all).toContain('docs/document.md: SELECT VALUE ARRAY(');
    expect(all).toContain(
      'docs/operations.md: SELECT c.id, c.reason, c.productId, c.detail, c.receivedAt FROM c ORDER BY',
    );
    expect(all).toContain('src/operate/dead-letter-archive.ts: SELECT TOP @limit');
    expect(all).toContain('src/operate/dead-letter-archive.ts: SELECT * FROM c WHERE c.reason = @reason');
  });

  it('index nothing that no query filters or sorts by: of storefronts, in docs/document.md, or of the commands', async () => {
    const queries = await findQueries(PLACES);
    expect(unused(queries.map(({ query }) => query))).toEqual([]);
    const table = await readFile('docs/document.md', 'utf8');
    const named = [...table.matchAll(/^\| `(\/[^`]+)` \|/gm)].map(([, path]) => path);
    expect(named).toEqual(containers.flatMap(({ includedPaths }) => includedPaths));
  });

  it('are told of a path that only a query of the other container uses', () => {
    const policy = (...includedPaths: string[]) => ({ includedPaths, compositeIndexes: [] });
    const queries = ['SELECT * FROM c WHERE c.a = 1 AND c.b = 2', 'SELECT * FROM c ORDER BY c.d'];
    expect(unused(queries, [policy('/a/?', '/b/?'), policy('/b/?', '/d/?')])).toEqual(['/b/?']);
  });
});

describe('what a query needs of an index', () => {
  it.each([
    ["SELECT * FROM c WHERE c.active = true AND c.name = 'c.other'", ['/active/?', '/name/?']],
    ['SELECT c.x FROM c WHERE NOT IS_DEFINED(c.deleted)', ['/deleted/?']],
    ['SELECT c.x FROM c WHERE ARRAY_CONTAINS(c.categoryIds, @id)', ['/categoryIds/[]/?']],
    ['SELECT c.x FROM c WHERE c["pricing"].display["price"] > 1', ['/pricing/display/price/?']],
    ['SELECT c.x FROM c ORDER BY c.receivedAt DESC', ['/receivedAt/?']],
    ['SELECT p.id FROM c JOIN p IN c.pricing.parties WHERE p.id = @p', ['/pricing/parties/[]/id/?']],
    [
      'SELECT VALUE ARRAY(SELECT p.x FROM p IN c.parties WHERE (p.a = 1 OR (p.b = f(2)))) FROM c WHERE c.id = @id',
      ['/id/?'],
    ],
    ['SELECT VALUE COUNT(1) FROM c', []],
    ['SELECT c.x FROM c WHERE c.a = 1 ORDER BY c.b OFFSET 0 LIMIT 10', ['/a/?', '/b/?']],
  ])('%s', (query, paths) => {
    expect(indexNeeds(query).paths).toEqual(paths);
  });

  it('is not met by another path, by a list for a value, or by two indexes for one order', () => {
    const policy = {
      includedPaths: ['/a/?', '/b/?', '/list/[]/?'],
      compositeIndexes: [
        [
          { path: '/a', order: 'ascending' },
          { path: '/b', order: 'descending' },
        ],
      ],
    };
    const lacks = (query: string) => lacking(indexNeeds(query), [policy]);
    expect(lacks('SELECT * FROM c WHERE c.a = 1 AND c.z = 2')).toEqual(['/z/?']);
    expect(lacks('SELECT * FROM c WHERE c.list = 1')).toEqual(['/list/?']);
    expect(lacks('SELECT * FROM c ORDER BY c.a, c.b DESC')).toEqual([]);
    expect(lacks('SELECT * FROM c ORDER BY c.a DESC, c.b')).toEqual([]);
    expect(lacks('SELECT * FROM c ORDER BY c.a, c.b')).toEqual(['/a/? ascending, /b/? ascending']);
    expect(lacks('SELECT * FROM c ORDER BY c.b DESC, c.a')).toEqual(['/b/? descending, /a/? ascending']);
  });

  it('is not looked for where a query calls the container by another name: that is an error', () => {
    expect(() => queriesIn("a('SELECT p.x FROM p WHERE p.y = 1')")).toThrow(/does not read FROM c/);
    expect(() => queriesIn("a('select p.x from p where p.y = 1')")).toThrow(/does not read FROM c/);
  });

  it('is found in templates, strings and conditions', () => {
    const fence = '```';
    expect(queriesIn("a('SELECT c.x FROM c WHERE c.y = 1')")).toHaveLength(1);
    const dollar = '$';
    expect(queriesIn(`\`SELECT ${dollar}{a} FROM c ${dollar}{where} ORDER BY c.z\``)).toHaveLength(1);
    expect(queriesIn("a('select c.x from c where c.y = 1')")).toHaveLength(1);
    expect(queriesIn("'SELECT c.x ' +\n  'FROM c WHERE c.y = 1'")).toEqual([
      'SELECT c.x FROM c WHERE c.y = 1',
    ]);
    expect(queriesIn(`${fence}sql\n-- a comment\nSELECT *\nFROM c\nWHERE c.q = 1\n${fence}`)).toHaveLength(1);
  });

  it.each([
    ['c.y >= @y', 'SELECT * FROM c WHERE c.y >= @y'],
    ['STARTSWITH(c.y, @y)', 'SELECT * FROM c WHERE STARTSWITH(c.y, @y)'],
    ['ARRAY_CONTAINS(c.y, @y) AND c.z = 1', 'SELECT * FROM c WHERE ARRAY_CONTAINS(c.y, @y) AND c.z = 1'],
    ['NOT IS_DEFINED(c.y)', 'SELECT * FROM c WHERE NOT IS_DEFINED(c.y)'],
    [' AND c.y = @y', 'SELECT * FROM c WHERE c.y = @y'],
    ['WHERE c.y = @y', 'SELECT * FROM c WHERE c.y = @y'],
    ['ORDER BY c.y DESC', 'SELECT * FROM c ORDER BY c.y DESC'],
  ])('is found in a part that code makes a query of: %s', (part, query) => {
    expect(queriesIn(`{ part: '${part}', name: '@y' }`)).toEqual([query]);
  });

  it('is not looked for in what a query selects, and missed nowhere else: that is an error', () => {
    expect(queriesIn("return 'c.id, c.name, c.pricing.display';")).toEqual([]);
    for (const source of [
      "'c.name'",
      "'c.name, c.id'",
      "'FROM c JOIN c.y'",
      'c.name = @name',
      "sort('c.y ASC')",
    ]) {
      expect(() => queriesIn(source), source).toThrow(/belongs to no query/);
    }
  });
});
