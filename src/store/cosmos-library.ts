// All that the app uses of Cosmos DB's library. Imported from here, the rest of it (a fifth) stays out of the bundle.
export { CosmosClient } from '@azure/cosmos';
