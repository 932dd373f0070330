import { createHash } from 'node:crypto';
import { signatureOf } from '../../src/message/signature.ts';
import type { Message, Sent, Transport } from '../page/api.ts';
import { factsOf, type MessageLog, objectIn } from './messages.ts';

/** Where the page sends messages; null where there is no such transport here. */
export type Targets = {
  http: { url: string; secret: string };
  eventhub: { connectionString: string; hub: string } | null;
  kafka: { brokers: string; topic: string } | null;
};

/** A broker's message should be settled by then. */
const SETTLED_MS = 10_000;

/** Sends a message and waits for what becomes of it. */
export async function send(
  transport: Transport,
  text: string,
  { targets, messages }: { targets: Targets; messages: MessageLog },
): Promise<Sent> {
  const body = Buffer.from(text);
  if (transport === 'http') return sendWebhook(body, targets.http);
  const settled = waitFor(body, transport, messages);
  const { type, productId } = factsOf(body);
  if (transport === 'eventhub' && targets.eventhub) {
    const { EventHubProducerClient } = await import('@azure/event-hubs');
    const producer = new EventHubProducerClient(targets.eventhub.connectionString, targets.eventhub.hub);
    try {
      const event = type === null ? { body } : { body, properties: { type } };
      await producer.sendBatch([event], productId ? { partitionKey: productId.slice(0, 128) } : {});
    } finally {
      await producer.close();
    }
  } else if (transport === 'kafka' && targets.kafka) {
    const { createKafkaClient } = await import('../kafka-client.ts');
    const { brokers, topic } = targets.kafka;
    const access = { brokers: brokers.split(','), user: undefined };
    const producer = createKafkaClient(access, { clientId: 'ordercloud-product-sync-page' }).producer();
    await producer.connect();
    try {
      const headers = type === null ? {} : { type };
      await producer.send({ topic, messages: [{ key: productId, value: body, headers }] });
    } finally {
      await producer.disconnect();
    }
  } else {
    return {
      status: null,
      outcome: 'not sent',
      detail: 'The stack runs without this transport.',
      issues: [],
    };
  }
  return settled;
}

async function sendWebhook(body: Buffer, { url, secret }: Targets['http']): Promise<Sent> {
  const headers = { 'content-type': 'application/json', 'x-oc-hash': signatureOf(body, secret) };
  const response = await fetch(url, { method: 'POST', headers, body });
  const said = objectIn(new Uint8Array(await response.arrayBuffer()));
  return {
    status: response.status,
    outcome: String(said.outcome ?? said.reason ?? 'no answer'),
    detail: typeof said.detail === 'string' ? said.detail : null,
    issues: Array.isArray(said.issues) ? (said.issues as Sent['issues']) : [],
  };
}

function waitFor(body: Buffer, transport: Transport, messages: MessageLog): Promise<Sent> {
  const sha256 = createHash('sha256').update(body).digest('hex');
  return new Promise((resolve) => {
    const give = (outcome: string, detail: string | null) => {
      clearTimeout(timer);
      stop();
      resolve({ status: null, outcome, detail, issues: [] });
    };
    const timer = setTimeout(
      () => give('sent', `Nothing came of it within ${SETTLED_MS / 1_000} s.`),
      SETTLED_MS,
    );
    const stop = messages.subscribe((message: Message) => {
      if (message.transport === transport && message.sha256 === sha256) give(message.outcome, message.reason);
    });
  });
}
