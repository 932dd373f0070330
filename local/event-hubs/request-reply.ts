import rhea, { type Connection, type Message, type Receiver, type Sender } from 'rhea';
import { type Condition, toRefusal } from './refusal.ts';

/** What a request asks: its application properties and its body. */
export interface Request {
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
