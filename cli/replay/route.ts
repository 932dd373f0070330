import { printableUrl } from '../support/printable.ts';
import { createEventHubSender } from './event-hub-sender.ts';
import { eventHubTargetFrom } from './event-hub-target.ts';
import { createRetryingSender } from './retrying-sender.ts';
import type { Sender } from './sender.ts';
import { misuse, targetFrom } from './target.ts';
import { createWebhookSender } from './webhook-sender.ts';

/** The options that say where to send to, and how. */
export type RouteFlags = {
  via: 'webhook' | 'eventhub';
  /** The type of payloads that come without an envelope. */
  type: string;
  url?: string;
  secret?: string;
  header?: string[];
  retry?: true;
  connectionString?: string;
  hub?: string;
  /** False with `--no-key`. */
  key: boolean;
};

/** One way to the receiver. */
export type Route = {
  /** For people, without keys. */
  address: string;
  /** The type in the envelope that bare payloads are put into; null where the type goes beside the body. */
  envelopeType: string | null;
  createSender(): Sender;
};

const WEBHOOK_FLAGS = ['url', 'secret', 'header', 'retry'] as const;
const EVENT_HUB_FLAGS = ['connectionString', 'hub'] as const;

/** The way that the flags name; flags of the other way are a wrong use. No error quotes a value. */
export async function routeFor(flags: RouteFlags, env: NodeJS.ProcessEnv): Promise<Route> {
  if (flags.via === 'webhook') {
    if (!flags.key || EVENT_HUB_FLAGS.some((flag) => flags[flag] !== undefined)) {
      throw misuse('--connection-string, --hub and --no-key go with --via eventhub.');
    }
    const target = targetFrom(flags, env);
    const createSender = () => {
      const webhooks = createWebhookSender(target);
      return flags.retry ? createRetryingSender(webhooks) : webhooks;
    };
    return { address: printableUrl(target.url), envelopeType: flags.type, createSender };
  }
  if (WEBHOOK_FLAGS.some((flag) => flags[flag] !== undefined)) {
    throw misuse('--url, --secret, --header and --retry go with --via webhook.');
  }
  const target = await eventHubTargetFrom(flags, env);
  const createSender = () => createEventHubSender({ ...target, messageType: flags.type, keyed: flags.key });
  return { address: target.address, envelopeType: null, createSender };
}
