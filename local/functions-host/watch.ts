import type { InvocationRequest } from './rpc.ts';

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
  /** A batch of a broker, before each run of its function. */
  onBatch(request: InvocationRequest): void;
};
