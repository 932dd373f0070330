import type { PartitionOwnership } from '@azure/event-hubs';
import { BlobCheckpointStore } from '@azure/eventhubs-checkpointstore-blob';
import { ContainerClient } from '@azure/storage-blob';

/** Where checkpoints and the ownership of partitions are stored. */
export type CheckpointOptions = {
  /** That of a storage account or Azurite, as in the setting `AzureWebJobsStorage`. */
  storageConnectionString: string;
  /** Checkpoints are positions in one set of events: another set needs another container. */
  checkpointContainer: string;
};

/**
 * The official store, which also remembers who owns which partition: while a function is busy with a batch, the SDK
 * does not say that another host has taken the partition, and afterwards takes it back.
 */
export class WatchedCheckpointStore extends BlobCheckpointStore {
  readonly #container: ContainerClient;
  readonly #owners = new Map<string, string>();
  #created: Promise<unknown> | undefined;

  constructor({ storageConnectionString, checkpointContainer }: CheckpointOptions) {
    const container = new ContainerClient(storageConnectionString, checkpointContainer, {
      // The consumer asks again every round by itself.
      retryOptions: { maxTries: 2, retryDelayInMs: 100, maxRetryDelayInMs: 100 },
    });
    super(container);
    this.#container = container;
  }

  /** Whether a partition last belonged to anybody but this owner. */
  isOwnedByAnother(partitionId: string, ownerId: string): boolean {
    return (this.#owners.get(partitionId) || ownerId) !== ownerId;
  }

  /** The first call of the consumer in every round of balancing, so it creates the container. */
  override async listOwnership(...args: Parameters<BlobCheckpointStore['listOwnership']>) {
    try {
      this.#created ??= this.#container.createIfNotExists();
      await this.#created;
      return this.#remember(await super.listOwnership(...args));
    } catch (error) {
      this.#created = undefined;
      throw error;
    }
  }

  override async claimOwnership(...args: Parameters<BlobCheckpointStore['claimOwnership']>) {
    return this.#remember(await super.claimOwnership(...args));
  }

  #remember(ownerships: PartitionOwnership[]): PartitionOwnership[] {
    for (const { partitionId, ownerId } of ownerships) this.#owners.set(partitionId, ownerId);
    return ownerships;
  }
}
