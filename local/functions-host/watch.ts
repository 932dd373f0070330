import type { InvocationRequest } from './rpc.ts';
import type { Worker } from './worker.ts';

/** A request that a function has answered, as it went over the wire. */
export type WatchedExchange = {
  functionName: string;
  method: string;
  body: Buffer;
  status: number;
  answer: Buffer;
  milliseconds: number;
};

/** Looks on at what the host hands to the app; the local page shows it. */
export type Watch = {
  onExchange(exchange: WatchedExchange): void;
  /** A batch of a broker, before its function runs. */
  onBatch(request: InvocationRequest): void;
};

/** The worker, watched as it gets batches. */
export function watchBatches(worker: Worker, watch: Watch): Worker {
  return {
    ...worker,
    invoke(functionName, request, untilOver) {
      const isBatch = request.inputData.some(({ data }) => data.collectionBytes ?? data.collectionString);
      if (isBatch) watch.onBatch(request);
      return worker.invoke(functionName, request, untilOver);
    },
  };
}
