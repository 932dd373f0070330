// What every local stack has in common, on every machine and at every start, so that a second terminal needs no
// settings. Nothing here is a secret: it protects only a laptop's own loopback.

/** Port of its Cosmos DB: that of Microsoft's emulator. */
export const LOCAL_COSMOS_PORT = 8081;

/** Port of its Event Hubs: that of AMQP, as with Microsoft's emulator. */
export const LOCAL_EVENT_HUBS_PORT = 5672;

/** Its one hub, under the name that the app looks for by default. */
export const LOCAL_EVENT_HUB = 'products';

/** The Kafka topic that it reads if the settings name none. */
export const LOCAL_KAFKA_TOPIC = 'products';

/** What signs its webhooks. */
export const LOCAL_WEBHOOK_SECRET = 'local-webhook-secret';

/** The key of its Event Hubs. */
export const LOCAL_EVENT_HUBS_KEY = 'local-only-not-a-secret';

/** The key of its Cosmos DB, which accepts any other, too; the SDK requires one in base64. */
export const LOCAL_COSMOS_KEY = Buffer.from(LOCAL_EVENT_HUBS_KEY).toString('base64');

/** The only key name of its Event Hubs. */
export const LOCAL_EVENT_HUBS_KEY_NAME = 'RootManageSharedAccessKey';

/** The connection string of its Cosmos DB. */
export function localCosmosConnectionString(port: number = LOCAL_COSMOS_PORT): string {
  return `AccountEndpoint=http://127.0.0.1:${port}/;AccountKey=${LOCAL_COSMOS_KEY};`;
}

/** The connection string of its Event Hubs; add `EntityPath` if a tool needs it. */
export function localEventHubsConnectionString(port: number = LOCAL_EVENT_HUBS_PORT): string {
  return `Endpoint=sb://127.0.0.1:${port};SharedAccessKeyName=${LOCAL_EVENT_HUBS_KEY_NAME};SharedAccessKey=${LOCAL_EVENT_HUBS_KEY};UseDevelopmentEmulator=true`;
}

/** Whether a connection string is that of a local Cosmos DB or Event Hubs, at any port. */
export function isLocalConnectionString(text: string): boolean {
  return (
    text.includes(`;AccountKey=${LOCAL_COSMOS_KEY}`) ||
    text.includes(`;SharedAccessKey=${LOCAL_EVENT_HUBS_KEY}`)
  );
}
