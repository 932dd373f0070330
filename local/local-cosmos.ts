/** Port of the local stack's Cosmos DB: that of Microsoft's emulator. */
export const LOCAL_COSMOS_PORT = 8081;

/**
 * The key of the local stack's Cosmos DB: the same on every machine and at every start, so that a second terminal needs
 * no settings. The server accepts any other, too; the SDK requires one in base64.
 */
export const LOCAL_COSMOS_KEY = Buffer.from('local-only-not-a-secret').toString('base64');

/** Whether a connection string names the Cosmos DB of a local stack. */
export function isLocalAccount(connectionString: string): boolean {
  return connectionString.includes(`AccountKey=${LOCAL_COSMOS_KEY};`);
}

/** The connection string of the local stack's Cosmos DB. */
export function localCosmosConnectionString(port: number = LOCAL_COSMOS_PORT): string {
  return `AccountEndpoint=http://127.0.0.1:${port}/;AccountKey=${LOCAL_COSMOS_KEY};`;
}
