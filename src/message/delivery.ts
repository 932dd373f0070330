/** The ways by which OrderCloud delivers messages. */
export type Transport = 'http' | 'eventhub' | 'kafka';

/**
 * One delivery of one message, whatever the transport: the only thing that the core knows of transports.
 * Position (`stream`, `sequence`, `time`) as in contract section 1: never invented.
 */
export type Delivery = {
  transport: Transport;
  /** `http`, `eventhub/<hub>/<partition>` or `kafka/<topic>/<partition>`. */
  stream: string;
  /** Sequence number or offset within the stream; null on HTTP, which has none. */
  sequence: number | null;
  /** When the transport took the message: ISO 8601 in UTC, milliseconds. */
  time: string;
  /** When this app got it: ISO 8601 in UTC, milliseconds. */
  receivedAt: string;
  /** The bytes as they came; null for a Kafka tombstone. */
  body: Uint8Array | null;
  /** Application properties or headers that the transport vouches for. Empty on HTTP, where headers are not signed. */
  properties: Readonly<Record<string, unknown>>;
};
