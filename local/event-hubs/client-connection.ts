import type { Connection, Container, Receiver, Sender } from 'rhea';
import { type Client, openForReceiving, openForSending } from './links.ts';
import { toRefusal } from './refusal.ts';
import { acceptAsAsked, acceptSocket, localAttach } from './rhea-server.ts';

/**
 * Serves a client until its socket closes. What it does wrong ends at most its own connection. Returns a function that
 * asks it to leave; SDKs connect again by themselves.
 */
export function serveClient(container: Container, client: Client): () => void {
  const connection = acceptSocket(container, client.socket);
  hearLinks(connection, client);
  hearErrors(connection, client);
  hearSocket(connection, client);
  return () =>
    connection.close({ condition: 'amqp:connection:forced', description: 'The local broker stops.' });
}

function hearLinks(connection: Connection, client: Client): void {
  // Where the client receives, the broker sends, and the other way round.
  connection.on('sender_open', ({ sender }) =>
    openLink(sender, client, () => openForReceiving(sender, client)),
  );
  connection.on('receiver_open', ({ receiver }) =>
    openLink(receiver, client, () => openForSending(receiver, client)),
  );
  connection.on('sender_close', ({ sender }) => endDelivery(sender, client));
  connection.on('session_close', ({ session }) => {
    for (const sender of client.deliveries.keys())
      if (sender.session === session) endDelivery(sender, client);
  });
}

/** A link is refused by an attach without source and target, and a detach that says why (AMQP 1.0, part 2.6.3). */
function openLink(link: Sender | Receiver, { log }: Client, open: () => void): void {
  try {
    acceptAsAsked(link);
    open();
  } catch (error) {
    const { condition, message } = toRefusal(error);
    if (condition === 'amqp:internal-error') log(`A link could not be opened: ${message}`);
    const attach = localAttach(link);
    attach.source = null;
    attach.target = null;
    link.close({ condition, description: message });
  }
}

/** Without a listener, rhea would print these, or `error` would end the process. */
function hearErrors(connection: Connection, { socket, log }: Client): void {
  for (const event of [
    'connection_error',
    'session_error',
    'sender_error',
    'receiver_error',
    'disconnected',
  ]) {
    connection.on(event, () => {});
  }
  for (const event of ['error', 'protocol_error']) {
    connection.on(event, (error: Error) => {
      log(`Cut off a client that broke the protocol: ${error.message}`);
      socket.destroy();
    });
  }
}

function hearSocket(connection: Connection, client: Client): void {
  const { socket, deliveries } = client;
  const wake = () => {
    for (const delivery of deliveries.values()) delivery.wake();
  };
  // rhea has read it before: it may have been credit, or room in the session's window.
  socket.on('data', wake);
  socket.on('drain', wake);
  socket.on('close', () => {
    for (const sender of deliveries.keys()) endDelivery(sender, client);
    // Stops rhea's heartbeat timers: it hears a socket's `end` and `error`, but not the `close` of one cut off here.
    connection.eof();
  });
}

function endDelivery(sender: Sender, { deliveries }: Client): void {
  deliveries.get(sender)?.stop();
  deliveries.delete(sender);
}
