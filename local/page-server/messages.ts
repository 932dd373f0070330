import { createHash } from 'node:crypto';
import { isJsonObject, type JsonObject, jsonFromBytes, propertyWithoutCase } from '../../src/message/json.ts';
import type { LogEntry } from '../functions-host/log.ts';
import type { InvocationRequest } from '../functions-host/rpc.ts';
import type { WatchedExchange } from '../functions-host/watch.ts';
import type { Message, MessageDetail } from '../page/api.ts';
import { batchMessages } from './batch-messages.ts';
import { PerSecond } from './per-second.ts';

/** How many messages are remembered, and how many bytes of each. */
const MAX_MESSAGES = 1_000;
const MAX_BODY_BYTES = 256 * 1024;

/** The newest messages that came to the stack, and what became of them. */
export class MessageLog {
  #next = 1;
  readonly #kept: MessageDetail[] = [];
  readonly #listeners = new Set<(message: Message) => void>();
  readonly seconds = new PerSecond();
  /** Of brokers: on their way, by their positions. */
  readonly #waiting = new Map<string, { body: Buffer; type: string | null; time: string; started: number }>();

  newest(): Message[] {
    return this.#kept.map(summaryOf).reverse();
  }

  detail(number: number): MessageDetail | undefined {
    return this.#kept.find((message) => message.number === number);
  }

  /** The message that a stored document was last written or confirmed by. */
  ofProduct(id: string): MessageDetail | undefined {
    const isOfDocument = /^(created|updated|unchanged|deleted)$/;
    return this.#kept.findLast(({ productId, outcome }) => productId === id && isOfDocument.test(outcome));
  }

  /** Hears of each message; returns what ends it. */
  subscribe(listener: (message: Message) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  onExchange({ functionName, body, status, answer, milliseconds }: WatchedExchange): void {
    if (functionName !== 'productWebhook') return;
    const said = objectIn(answer);
    this.#add({
      ...{ at: new Date().toISOString(), transport: 'http', stream: null, type: typeIn(body), status },
      productId: textOf(said.productId),
      outcome: textOf(said.outcome) ?? (said.deadLetterId === undefined ? 'refused' : 'dead-lettered'),
      reason: textOf(said.reason),
      deadLetterId: textOf(said.deadLetterId),
      milliseconds,
      lagMs: null,
      ...cut(body),
      answer: answer.toString('utf8'),
    });
  }

  onBatch(request: InvocationRequest): void {
    for (const { position, ...message } of batchMessages(request)) {
      this.#waiting.set(position, { ...message, started: performance.now() });
    }
    // Those whose outcome nobody logged, such as of a batch that another host took.
    for (const position of this.#waiting.keys()) {
      if (this.#waiting.size <= MAX_MESSAGES * 10) break;
      this.#waiting.delete(position);
    }
  }

  /** The app logs a line of JSON for each message of a batch. */
  onLog({ category, message }: LogEntry): void {
    if (category !== 'user' || !message.startsWith('{"event":"message"')) return;
    const line = objectIn(Buffer.from(message));
    const stream = String(line.stream);
    const position = `${stream}#${line.sequence}`;
    const waiting = this.#waiting.get(position);
    if (waiting === undefined) return;
    this.#waiting.delete(position);
    this.#add({
      at: new Date().toISOString(),
      transport: stream.startsWith('kafka/') ? 'kafka' : 'eventhub',
      stream: `${stream} #${line.sequence}`,
      type: waiting.type ?? typeIn(waiting.body),
      status: null,
      productId: textOf(line.productId),
      outcome: String(line.outcome),
      reason: textOf(line.reason),
      deadLetterId: textOf(line.deadLetterId),
      milliseconds: performance.now() - waiting.started,
      lagMs: Math.max(0, Date.now() - Date.parse(waiting.time)),
      ...cut(waiting.body),
      answer: null,
    });
  }

  #add(message: Omit<MessageDetail, 'number'>): void {
    const kept = { ...message, milliseconds: Math.round(message.milliseconds * 10) / 10, number: this.#next };
    this.#next += 1;
    this.#kept.push(kept);
    if (this.#kept.length > MAX_MESSAGES) this.#kept.shift();
    this.seconds.add(kept);
    for (const listener of this.#listeners) listener(summaryOf(kept));
  }
}

function summaryOf({ body: _body, answer: _answer, isCut: _isCut, ...message }: MessageDetail): Message {
  return message;
}

function cut(body: Buffer): Pick<MessageDetail, 'body' | 'isCut' | 'bytes' | 'sha256'> {
  return {
    body: body.toString('utf8', 0, MAX_BODY_BYTES),
    isCut: body.length > MAX_BODY_BYTES,
    bytes: body.length,
    sha256: createHash('sha256').update(body).digest('hex'),
  };
}

function typeIn(body: Buffer): string | null {
  return factsOf(body).type ?? textOf(objectIn(body).type);
}

/** What a body says of itself: its type and its product; null where it does not. */
export function factsOf(body: Buffer): { type: string | null; productId: string | null } {
  const message = objectIn(body);
  const [headers, payload] = [
    propertyWithoutCase(message, 'Headers'),
    propertyWithoutCase(message, 'Payload'),
  ];
  return {
    type: isJsonObject(headers) ? textOf(propertyWithoutCase(headers, 'type')) : null,
    productId: isJsonObject(payload) ? textOf(propertyWithoutCase(payload, 'ProductID')) : null,
  };
}

/** The JSON object in some bytes; an empty one if they hold something else. */
export function objectIn(bytes: Uint8Array): JsonObject {
  const json = jsonFromBytes(bytes);
  return json.ok && isJsonObject(json.value) ? json.value : {};
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
