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

/** The token that a connection string allows. */
export function tokenFor(connectionString: string): string {
  const scope = `${encodeURIComponent(fieldOf(connectionString, 'Endpoint'))}\n${Math.floor(Date.now() / 1_000) + 600}`;
  const [sr, se] = scope.split('\n');
  const key = fieldOf(connectionString, 'SharedAccessKey');
  const sig = encodeURIComponent(createHmac('sha256', key).update(scope).digest('base64'));
  return `SharedAccessSignature sr=${sr}&sig=${sig}&se=${se}&skn=${fieldOf(connectionString, 'SharedAccessKeyName')}`;
}

function fieldOf(connectionString: string, name: string): string {
  return new RegExp(`${name}=([^;]+)`).exec(connectionString)?.[1] ?? '';
}

/** Shows the token that a connection string allows. */
export async function putToken(client: RawClient, connectionString: string): Promise<void> {
  const properties = {
    operation: 'put-token',
    type: 'servicebus.windows.net:sastoken',
    name: fieldOf(connectionString, 'Endpoint'),
  };
  const { status } = await ask(client, '$cbs', properties, tokenFor(connectionString));
  if (status !== 200) throw new Error(`The token was answered with ${status}.`);
}

/** Sends one request and gives the answer's status and body. */
export async function ask(
  { connection }: RawClient,
  address: string,
  application_properties: Record<string, unknown>,
  body: unknown = null,
): Promise<{ status: unknown; body: unknown }> {
  const receiver = connection.open_receiver(address);
  const sender = connection.open_sender(address);
  await once(sender, 'sendable');
  sender.send({ message_id: 1, reply_to: receiver.name, application_properties, body });
  const [context]: EventContext[] = await once(receiver, 'message');
  const { application_properties: answer, body: answered } = context?.message ?? {};
  return { status: answer?.['status-code'], body: answered };
}

const FILTER = 'apache.org:selector-filter:string';
const SELECTOR = 0x468c00000004;

type ReceiverOptions = { session?: Session; slash?: string; filter?: string; epoch?: number };

/** Opens a link for the events of partition 0, with so much credit and never more. */
export function openReceiver({ connection }: RawClient, credit: number, options: ReceiverOptions = {}) {
  const { session = beginSession(connection), slash = '', filter, epoch } = options;
  const address = `${slash}products/ConsumerGroups/$Default/Partitions/0`;
  const source = {
    address,
    ...(filter && { filter: { [FILTER]: rhea.types.wrap_described(filter, SELECTOR) } }),
  };
  const receiver: Receiver = session.open_receiver({
    source,
    credit_window: 0,
    ...(epoch !== undefined && { properties: { 'com.microsoft:epoch': rhea.types.wrap_long(epoch) } }),
  });
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
