import type { Socket } from 'node:net';
import rhea, { type Connection, type Container, type Receiver, type Sender } from 'rhea';

/** What the broker says in its own attach frame. For links that the client opens, rhea has no public way to set it. */
export interface LocalAttach {
  source: unknown;
  target: unknown;
  snd_settle_mode?: 0 | 1 | 2;
  max_message_size?: number;
}

interface SessionOutgoing {
  next_delivery_id: number;
  next_pending_delivery: number;
  available(): number;
  transfer_window(): number;
}

/** How many publications may be on their way: a producer without credit sleeps a whole second (eventHubSender.js). */
const PUBLISHING_CREDIT = 500;

/** A container of our own: the SDK shares rhea's default one with whoever runs in its process. */
export function createServerContainer(): Container {
  const container = rhea.create_container({ id: 'local-event-hubs' });
  const mechanisms = container.sasl_server_mechanisms;
  mechanisms.enable_anonymous();
  // What clients in other languages ask for when rights come later through $cbs.
  mechanisms.MSSBCBS = mechanisms.ANONYMOUS;
  return container;
}

interface TransferFrame {
  performative: { message_format: number | null };
}

/**
 * Speaks AMQP with a client. It accepts a publication only after storing it. All messages come as bytes: rhea would
 * decode those of format 0, and lose the types of an event's numbers.
 */
export function acceptSocket(container: Container, socket: Socket): Connection {
  const connection = container.create_connection({
    host: 'local',
    port: 0,
    reconnect: false,
    receiver_options: { autoaccept: false, credit_window: PUBLISHING_CREDIT },
  });
  // Without this every small answer waits for the client's delayed acknowledgement.
  socket.setNoDelay(true);
  const { on_transfer } = connection as unknown as { on_transfer(frame: TransferFrame): void };
  Object.assign(connection, {
    on_transfer(frame: TransferFrame) {
      frame.performative.message_format ||= null;
      on_transfer.call(connection, frame);
    },
  });
  connection.accept(socket);
  return connection;
}

/** The attach frame that goes out after the handler of `sender_open` or `receiver_open` has returned. */
export function localAttach(link: Sender | Receiver): LocalAttach {
  return (link as unknown as { local: { attach: LocalAttach } }).local.attach;
}

/**
 * Opens a link as the client asks: with its addresses, and settled as it says. Otherwise the .NET client takes its
 * requests, which all have the same tag, for unsettled ones.
 */
export function acceptAsAsked(link: Sender | Receiver): void {
  link.set_source({ address: link.source?.address });
  link.set_target({ address: link.target?.address });
  if (link.snd_settle_mode !== undefined) localAttach(link).snd_settle_mode = link.snd_settle_mode;
}

/**
 * How many transfers the client can take now: within its credit, its session window and rhea's buffer, which throws
 * when it overflows. rhea would send what is queued beyond the window even after the link is closed.
 */
export function roomToSend(sender: Sender): number {
  const { credit } = sender as unknown as { credit: number };
  const { outgoing } = sender.session as unknown as { outgoing: SessionOutgoing };
  const queued = outgoing.next_delivery_id - outgoing.next_pending_delivery;
  const room = Math.min(credit, outgoing.transfer_window(), outgoing.available()) - queued;
  // The window is not a number until the client's first flow.
  return Number.isNaN(room) ? 0 : Math.max(0, room);
}
