import rhea, { type Connection, type Message, type Receiver, type Sender } from 'rhea';
import { findPartition, type Hub, requireHub } from './hub.ts';
import { type Condition, Refusal, toRefusal } from './refusal.ts';
import { requireValidSignature } from './shared-access-signature.ts';

/** What a request asks: its application properties and its body. */
interface Request {
  properties: Record<string, unknown>;
  body: unknown;
}

/** The .NET client recognizes a refused token by the status; otherwise SDKs go by the condition. */
const STATUS: Partial<Record<Condition, number>> = { 'amqp:not-allowed': 401, 'amqp:internal-error': 500 };

/** Answers each request that arrives on a link, on the link with the same address that its `reply-to` names. */
export function answerRequests(receiver: Receiver, answer: (request: Request) => object | undefined): void {
  receiver.on('message', ({ message, delivery, connection }) => {
    delivery?.accept();
    const request = rhea.message.decode(message as unknown as Buffer);
    const reply = toReply(request, answer);
    findReplyLink(connection, receiver.target.address, request.reply_to)?.send(reply);
  });
}

function toReply(
  request: ReturnType<typeof rhea.message.decode>,
  answer: (request: Request) => object | undefined,
): Message {
  const { message_id, application_properties = {}, body } = request;
  // rhea encodes any object with these fields, though its type asks for methods, too.
  const reply = { ...(message_id !== undefined && { correlation_id: message_id }) } as Message;
  try {
    reply.body = answer({ properties: application_properties, body }) ?? null;
    reply.application_properties = toStatus(200, 'OK');
  } catch (error) {
    const { condition, message } = toRefusal(error);
    reply.body = null;
    reply.application_properties = {
      ...toStatus(STATUS[condition] ?? 400, message),
      // With a status alone, the SDK for JavaScript would try again what cannot succeed.
      'error-condition': rhea.types.wrap_symbol(condition),
    };
  }
  return reply;
}

function toStatus(status: number, description: string): Record<string, unknown> {
  return { 'status-code': rhea.types.wrap_int(status), 'status-description': description };
}

function findReplyLink(connection: Connection, address: string, replyTo: unknown): Sender | undefined {
  return connection.find_sender(
    (link: Sender) =>
      link.source?.address === address && (link.name === replyTo || link.target?.address === replyTo),
  );
}

/** Takes a token, by which a client shows its rights. The one key has all rights, so the audience does not matter. */
export function putToken({ properties: { operation, type }, body }: Request): void {
  if (operation !== 'put-token' || type !== 'servicebus.windows.net:sastoken') {
    const text = `'${operation}' of '${type}' cannot be checked locally: connect with the connection string.`;
    throw new Refusal('amqp:not-implemented', text);
  }
  requireValidSignature(body);
}

/** Reads the properties of the hub or of one partition. Each request shows a token of its own. */
export function readProperties(hub: Hub, { properties }: Request): object {
  const { operation, type, name, partition, security_token } = properties;
  requireValidSignature(security_token);
  requireHub(hub, String(name));
  switch (`${operation} ${type}`) {
    case 'READ com.microsoft:eventhub':
      return { ...hubProperties(hub), type };
    case 'READ com.microsoft:partition':
      return { ...partitionProperties(hub, String(partition)), type };
    default:
      throw new Refusal('amqp:not-implemented', `Unknown operation: ${operation} of ${type}`);
  }
}

const STR8 = 0xa1;

function hubProperties({ name, createdAt, partitions }: Hub): object {
  const ids = partitions.map(({ id }) => id);
  return {
    name,
    created_at: rhea.types.wrap_timestamp(createdAt.getTime()),
    partition_count: rhea.types.wrap_int(ids.length),
    partition_ids: rhea.types.wrap_array(ids, STR8, undefined),
    georeplication_factor: rhea.types.wrap_int(1),
  };
}

function partitionProperties(hub: Hub, partitionId: string): object {
  const { id, events } = findPartition(hub, partitionId);
  const { last, firstSequence } = events;
  return {
    name: hub.name,
    partition: id,
    begin_sequence_number: rhea.types.wrap_long(firstSequence),
    last_enqueued_sequence_number: rhea.types.wrap_long(last.sequenceNumber),
    last_enqueued_offset: String(last.offset),
    last_enqueued_time_utc: rhea.types.wrap_timestamp(last.enqueuedTime),
    is_partition_empty: last.sequenceNumber < firstSequence,
  };
}
