import type { Delivery, Transport } from '../../../src/message/delivery.ts';

/**
 * One history: what OrderCloud sent, and what the world then did to it. Everything that happens in a simulation
 * follows from this value, so that a history that fails can be run again, made smaller, and told as a story.
 */
export type History = {
  streams: Stream[];
  /** In the order sent. Their positions keep to the limits that the contract states. */
  messages: Message[];
  /** Products that somebody else wrote by hand before the first message. */
  handWritten: string[];
  /** How many processes run the app at once. */
  workers: number;
  /** The storm. After it everything goes well, and what is not acknowledged yet is delivered until it is. */
  turns: Turn[];
};

export type Stream = {
  name: string;
  transport: Transport;
  /**
   * The contract's limit: «within a stream, times never run back or the stream is first delivered in order».
   * Webhooks are delivered once each; one that is not answered is sent again as a new message.
   */
  delivery: 'first in order' | 'in any order' | 'once each';
};

/**
 * - `refused`: a valid update that the store will never take.
 * - `invalid`: not JSON, not as the model asks, or of another marketplace.
 * - `ignored`: of a type that is not processed.
 */
export type MessageKind = 'update' | 'delete' | 'refused' | 'invalid' | 'ignored';

export type Message = {
  /** What the story calls it: m1, m2 … */
  label: string;
  kind: MessageKind;
  productId: string;
  /** The product's name as this message tells it. Few different ones, so that updates often change nothing. */
  name: string;
  stream: Stream;
  sequence: number | null;
  /** Milliseconds. */
  time: number;
  /** Place in its stream's log: unlike the sequence it keeps growing when a stream is recreated. */
  place: number;
  body: Uint8Array;
  properties: Delivery['properties'];
};

/**
 * One step of the storm. `who` gets the turn (one more than there are workers: the network, which still carries
 * calls of the dead). `fate` says what happens to the store call that has its turn, `pick` decides between whatever
 * there is to choose from. 0 is always the least interesting choice, because that is where shrinking leads.
 */
export type Turn = { who: number; fate: number; pick: number };

export const MARKETPLACE = 'roastery';

/** Within five minutes sequences decide, beyond them times do (contract section 4). */
export const WINDOW = 5 * 60 * 1000;

export const instant = (time: number): string => new Date(time).toISOString();
