import { randomUUID } from 'node:crypto';
import type { Checkpoint, CheckpointStore, PartitionOwnership } from '@azure/event-hubs';

/** A checkpoint store in memory, with the optimistic concurrency that the SDK relies on. */
export class MemoryCheckpointStore implements CheckpointStore {
  readonly ownerships = new Map<string, PartitionOwnership>();
  readonly checkpoints = new Map<string, Checkpoint>();

  async listOwnership(): Promise<PartitionOwnership[]> {
    return [...this.ownerships.values()];
  }

  async claimOwnership(claims: PartitionOwnership[]): Promise<PartitionOwnership[]> {
    const claimed = claims.filter(({ partitionId, etag }) => this.ownerships.get(partitionId)?.etag === etag);
    return claimed.map((claim) => {
      const owned = { ...claim, etag: randomUUID(), lastModifiedTimeInMs: Date.now() };
      this.ownerships.set(claim.partitionId, owned);
      return owned;
    });
  }

  async listCheckpoints(): Promise<Checkpoint[]> {
    return [...this.checkpoints.values()];
  }

  async updateCheckpoint(checkpoint: Checkpoint): Promise<void> {
    this.checkpoints.set(checkpoint.partitionId, checkpoint);
  }
}
