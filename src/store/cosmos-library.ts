// All that the app uses of Cosmos DB's library. Importing it from here keeps the rest (a fifth) out of the bundle.
export { CosmosClient } from '@azure/cosmos';
