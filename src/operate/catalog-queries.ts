/**
 * Every query of the operators' commands on the products container. All filter and sort by paths that the container's
 * indexing policy includes (`containerDefinitions`). Your own policy has to include them, too.
 */
export const CATALOG_QUERIES = {
  /** Tombstones, too. It selects single fields, because a whole document can have 2 MB. */
  all: `SELECT ${listedFields()} FROM c`,
  ofCatalog: `SELECT ${listedFields()} FROM c WHERE ARRAY_CONTAINS(c.catalogIds, @catalog)`,
  /** By ID, with the categories: for people to look at. `id` is indexed always. */
  byId: `SELECT ${listedFields()}, c.categoryIds FROM c ORDER BY c.id`,
  byIdOfCategory: `SELECT ${listedFields()}, c.categoryIds FROM c WHERE ARRAY_CONTAINS(c.categoryIds, @category) ORDER BY c.id`,
  ids: 'SELECT c.id FROM c WHERE NOT IS_DEFINED(c.deleted)',
  idsOfCatalog: 'SELECT c.id FROM c WHERE ARRAY_CONTAINS(c.catalogIds, @catalog)',
  idsBelowSchema: 'SELECT c.id FROM c WHERE c.schemaVersion < @version',
  countAll: 'SELECT VALUE COUNT(1) FROM c',
  countTombstones: 'SELECT VALUE COUNT(1) FROM c WHERE c.deleted = true',
  lastOfTransport:
    'SELECT TOP 1 c.id, c.sync.time, c.sync.receivedAt FROM c WHERE c.sync.transport = @transport ORDER BY c.sync.time DESC',
} as const;

function listedFields(): string {
  return 'c.id, c.deleted, c.name, c.active, c.pricing.defaultScheduleId, c.pricing.display, c.sync';
}
