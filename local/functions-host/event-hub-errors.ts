import type { Log } from './log.ts';
import { BatchAbandonedError } from './run-batch.ts';
import { seldom } from './seldom.ts';

/**
 * Makes the function that logs errors of fetching. The consumer tries again by itself, so the same error is logged only
 * now and then.
 */
export function consumerErrorLog(options: {
  functionName: string;
  log: Log;
  now?: () => number;
}): (error: Error, partitionId: string) => void {
  const { functionName, log } = options;
  const isWorthTelling = seldom(options.now);
  return (error, partitionId) => {
    const where = partitionId === '' ? 'partitions' : `partition ${partitionId}`;
    if (isTakeover(error)) {
      const message = `${where}: another host has taken over`;
      log({ level: 'information', category: 'host', functionName, message });
      return;
    }
    if (error instanceof BatchAbandonedError || error.name === 'AbortError') return;
    const problem = `${error.name}: ${error.message}`;
    if (!isWorthTelling(problem)) return;
    const message = `${where}: no events for now, trying again. ${problem}`;
    log({ level: 'warning', category: 'host', functionName, message });
  };
}

/** The consumer learns of it while it waits for events; otherwise the list of owners shows it. */
function isTakeover(error: Error): boolean {
  if (error instanceof BatchAbandonedError) return error.reason === 'partition lost';
  return 'code' in error && error.code === 'ReceiverDisconnectedError';
}
