import { startCosmosServer } from '../local/cosmos-server.ts';

// The in-memory Cosmos DB as a process of its own, so that it has a core of its own. It ends with its parent.
void startCosmosServer().then(({ connectionString }) => process.send?.(connectionString));
process.once('disconnect', () => process.exit());
