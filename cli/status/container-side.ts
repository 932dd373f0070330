import {
  type LastMessage,
  MESSAGE_TRANSPORTS,
  type MessageTransport,
} from '../../src/store/product-catalog.ts';
import type { Account } from '../dead-letters/account.ts';

/** What is in the containers. */
export type ContainerSide = {
  address: string;
  container: string;
  products: number;
  tombstones: number;
  deadLetters: number;
  /** By transport: the message with the latest time that is stored, and how long it took from there to the app. */
  lastMessages: (LastMessage & { transport: MessageTransport; lagMs: number })[];
};

/** Counts, and looks for the last message of each transport. */
export async function readContainerSide({
  address,
  settings,
  catalog,
  countDeadLetters,
}: Account): Promise<ContainerSide> {
  const { database, productsContainer } = settings.cosmos;
  const [counts, deadLetters, last] = await Promise.all([
    catalog.counts(),
    countDeadLetters(),
    Promise.all(MESSAGE_TRANSPORTS.map((transport) => catalog.lastMessage(transport))),
  ]);
  const lastMessages = MESSAGE_TRANSPORTS.flatMap((transport, index) => {
    const message = last[index];
    if (!message) return [];
    const lagMs = Math.max(0, Date.parse(message.receivedAt) - Date.parse(message.time));
    return [{ transport, ...message, lagMs }];
  });
  return { address, container: `${database}/${productsContainer}`, ...counts, deadLetters, lastMessages };
}
