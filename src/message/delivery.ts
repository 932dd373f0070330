/** The ways by which OrderCloud delivers messages. */
export const TRANSPORTS = ['http', 'eventhub', 'kafka'] as const;
export type Transport = (typeof TRANSPORTS)[number];

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
  /** When the transport took the message: ISO 8601 in UTC, milliseconds. Of Kafka it may be anything: `hasUsableTime` tells. */
  time: string;
  /** When this app got it: ISO 8601 in UTC, milliseconds. */
  receivedAt: string;
  /** The bytes as they came; null for a Kafka tombstone. */
  body: Uint8Array | null;
  /** Application properties or headers that the transport vouches for. Empty on HTTP, where headers are not signed. */
  properties: Readonly<Record<string, unknown>>;
};

/** Clocks differ; a message that is further ahead would make every later one of its product look old. */
const MAX_AHEAD_MS = 5 * 60 * 1000;

const ISO_LENGTH = '0000-00-00T00:00:00.000Z'.length;

/**
 * Whether the order of messages can rest on a delivery's time. Producers of Kafka may set it: the beginning of 1970 and
 * before stand for none. Elsewhere it is the service's or this app's own clock, and no message is at fault for that.
 */
export function hasUsableTime({ transport, time, receivedAt }: Delivery): boolean {
  if (transport !== 'kafka') return true;
  // Years past 9999 are longer as text, and would not sort.
  if (time.length !== ISO_LENGTH) return false;
  const milliseconds = Date.parse(time);
  return milliseconds > 0 && milliseconds <= Date.parse(receivedAt) + MAX_AHEAD_MS;
}
