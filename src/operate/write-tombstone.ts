import type { Change } from '../sync/change.ts';
import type { WriteOutcome } from '../sync/decide.ts';
import { type RetryPolicy, startBudget, withRetries } from '../sync/retry.ts';
import { type WriteParts, writeChange } from '../sync/write-change.ts';

export type TombstoneParts = Pick<WriteParts, 'products' | 'settings'> & { policy: RetryPolicy };

/**
 * Marks a product as deleted that OrderCloud says does not exist, by the same decision and the same conditional write as a
 * message. `confirmedAt` is OrderCloud's clock when it said so: what is stored with a later time stays (`stale`), and a
 * message that arrives meanwhile or later is compared with the mark.
 */
export async function writeTombstone(
  { policy, ...parts }: TombstoneParts,
  productId: string,
  confirmedAt: Date,
): Promise<WriteOutcome> {
  const change: Change = {
    productId,
    content: null,
    sync: {
      messageType: null,
      transport: 'verify',
      stream: 'verify',
      sequence: null,
      time: confirmedAt.toISOString(),
      receivedAt: new Date().toISOString(),
      contentHash: null,
      warnings: [],
    },
  };
  const budget = startBudget(policy);
  const writeParts: WriteParts = {
    ...parts,
    signal: budget.signal,
    log: () => {},
    writing: (write) => write(),
  };
  return withRetries(budget, () => writeChange(writeParts, change));
}
