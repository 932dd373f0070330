import rhea, { type Connection, type Message, type Receiver, type Sender } from 'rhea';
import { type Condition, Refusal, toRefusal } from './refusal.ts';

/** What a request asks: its application properties and its body. */
export interface Request {
  properties: Record<string, unknown>;
  body: unknown;
}

/** A successful answer. */
export interface Reply {
  status: number;
  description: string;
  body?: unknown;
}

const STATUS: Partial<Record<Condition, number>> = {
  'amqp:not-found': 404,
  'amqp:not-allowed': 401,
  'amqp:not-implemented': 501,
  'amqp:decode-error': 400,
  'com.microsoft:argument-out-of-range': 400,
};

/** Answers each request that arrives on a link, on the link with the same address that its `reply-to` names. */
export function answerRequests(receiver: Receiver, answer: (request: Request) => Reply): void {
  receiver.on('message', ({ message, delivery, connection }) => {
    delivery?.accept();
    if (!message || Buffer.isBuffer(message)) return;
    const reply = toReplyMessage(message, () =>
      answer({ properties: message.application_properties ?? {}, body: message.body }),
    );
    findReplyLink(connection, receiver.target.address, message.reply_to)?.send(reply);
  });
}

function toReplyMessage(request: Message, answer: () => Reply): Message {
  const { message_id: correlation_id } = request;
  const base = correlation_id === undefined ? {} : { correlation_id };
  try {
    const { status, description, body } = answer();
    return asMessage({ ...base, application_properties: toStatus(status, description), body });
  } catch (error) {
    const { condition, message } = toRefusal(error);
    const status = {
      ...toStatus(STATUS[condition] ?? 500, message),
      // Without it the SDK derives the error from the number, and holds 401 for something to try again.
      'error-condition': rhea.types.wrap_symbol(condition),
    };
    return asMessage({ ...base, application_properties: status, body: null });
  }
}

function toStatus(status: number, description: string): Record<string, unknown> {
  return { 'status-code': rhea.types.wrap_int(status), 'status-description': description };
}

/** rhea encodes any object with these fields; its type asks for two methods more. */
function asMessage(fields: Omit<Message, 'toJSON' | 'toString'>): Message {
  return fields as Message;
}

function findReplyLink(connection: Connection, address: string, replyTo: unknown): Sender | undefined {
  return connection.find_sender(
    (link: Sender) =>
      link.source?.address === address && (link.name === replyTo || link.target?.address === replyTo),
  );
}

/** The text under a name of a request's properties; refuses a request without it. */
export function requireText({ properties }: Request, name: string): string {
  const value = properties[name];
  if (typeof value === 'string') return value;
  throw new Refusal('amqp:decode-error', `The request lacks '${name}'.`);
}
