import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import rhea, {
  type Connection,
  type ConnectionOptions,
  type EventContext,
  type Receiver,
  type Session,
} from 'rhea';
import { onTestFinished } from 'vitest';

/** An AMQP connection without the SDK, for what the SDK never does. */
export interface RawClient {
  connection: Connection;
  socket: Socket;
  /** Errors that would have ended the connection. */
  errors: unknown[];
}

/** Connects to a broker for the running test; without a token nothing but `$cbs` is open to it. */
export async function connectRaw(port: number, options: object = {}): Promise<RawClient> {
  const container = rhea.create_container();
  const errors: unknown[] = [];
  for (const event of ['error', 'protocol_error']) container.on(event, (error) => errors.push(error));
  for (const event of ['disconnected', 'connection_error', 'sender_error', 'receiver_error']) {
    container.on(event, () => {});
  }
  const base = { host: '127.0.0.1', port, reconnect: false, username: 'anonymous' };
  const connection = container.connect({ ...base, ...options } as ConnectionOptions);
  const socket: Socket = connection.socket;
  onTestFinished(() => void socket.destroy());
  await once(connection, 'connection_open');
  return { connection, socket, errors };
}

/** Shows the token that a connection string allows. */
export async function putToken({ connection }: RawClient, connectionString: string): Promise<void> {
  const field = (name: string) => new RegExp(`${name}=([^;]+)`).exec(connectionString)?.[1] ?? '';
  const scope = `${encodeURIComponent(field('Endpoint'))}\n${Math.floor(Date.now() / 1_000) + 600}`;
  const [sr, se] = scope.split('\n');
  const sig = encodeURIComponent(
    createHmac('sha256', field('SharedAccessKey')).update(scope).digest('base64'),
  );
  const body = `SharedAccessSignature sr=${sr}&sig=${sig}&se=${se}&skn=${field('SharedAccessKeyName')}`;
  const receiver = connection.open_receiver('$cbs');
  const sender = connection.open_sender('$cbs');
  await once(sender, 'sendable');
  const type = 'servicebus.windows.net:sastoken';
  const application_properties = { operation: 'put-token', type, name: field('Endpoint') };
  sender.send({ message_id: 1, reply_to: receiver.name, application_properties, body });
  const [context]: EventContext[] = await once(receiver, 'message');
  const status: unknown = context?.message?.application_properties?.['status-code'];
  if (status !== 202) throw new Error(`The token was answered with ${status}.`);
}

/** Opens a link for the events of partition 0, with so much credit and never more. */
export function openReceiver({ connection }: RawClient, credit: number, session = beginSession(connection)) {
  const address = 'products/ConsumerGroups/$Default/Partitions/0';
  const receiver: Receiver = session.open_receiver({ source: { address }, credit_window: 0 });
  const sequenceNumbers: number[] = [];
  receiver.on('message', ({ message }) => {
    sequenceNumbers.push(message?.message_annotations?.['x-opt-sequence-number']);
  });
  receiver.add_credit(credit);
  return { receiver, sequenceNumbers };
}

function beginSession(connection: Connection): Session {
  const session = connection.create_session();
  session.begin();
  return session;
}
