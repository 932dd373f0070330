import { createHash } from 'node:crypto';
import { isJsonObject, jsonFromBytes, propertyWithoutCase } from '../../src/message/json.ts';
import type { LogEntry } from '../functions-host/log.ts';
import type { InvocationRequest } from '../functions-host/rpc.ts';
import type { WatchedExchange } from '../functions-host/watch.ts';
import type { Message, MessageDetail } from '../page/api.ts';
import { batchMessages } from './batch-messages.ts';
import { PerSecond } from './per-second.ts';

/** How many messages are remembered, and how many bytes of each. */
const MAX_MESSAGES = 1_000;
const MAX_BODY_BYTES = 256 * 1024;

type Kept = Message & { body: Buffer; answer: string | null; isCut: boolean };
type Unnumbered = Omit<Message, 'number'> & Pick<Kept, 'body' | 'answer' | 'isCut'>;

/** The newest messages that came to the stack, and what became of them. */
export class MessageLog {
  #next = 1;
  readonly #kept: Kept[] = [];
  readonly #listeners = new Set<(message: Message) => void>();
  readonly seconds = new PerSecond();
  /** Of brokers: on their way, by their positions. */
  readonly #waiting = new Map<string, { body: Buffer; type: string | null; time: string; started: number }>();

  newest(): Message[] {
    return this.#kept.map(summaryOf).reverse();
  }

  detail(number: number): MessageDetail | undefined {
    const kept = this.#kept.find((message) => message.number === number);
    return (
      kept && { ...summaryOf(kept), body: kept.body.toString('utf8'), answer: kept.answer, isCut: kept.isCut }
    );
  }

  /** The message that a stored document was last written or confirmed by. */
  ofProduct(productId: string): MessageDetail | undefined {
    const found = this.#kept.findLast(
      (message) =>
        message.productId === productId && /^(created|updated|unchanged|deleted)$/.test(message.outcome),
    );
    return found && this.detail(found.number);
  }

  /** Hears of each message; returns what ends it. */
  subscribe(listener: (message: Message) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  onExchange({ functionName, body, status, answer, milliseconds }: WatchedExchange): void {
    if (functionName !== 'productWebhook') return;
    const json = jsonFromBytes(answer);
    const said = json.ok && isJsonObject(json.value) ? json.value : {};
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
    const json = jsonFromBytes(Buffer.from(message));
    if (!json.ok || !isJsonObject(json.value)) return;
    const line = json.value;
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

  #add(message: Unnumbered): void {
    const kept = { ...message, milliseconds: Math.round(message.milliseconds * 10) / 10, number: this.#next };
    this.#next += 1;
    this.#kept.push(kept);
    if (this.#kept.length > MAX_MESSAGES) this.#kept.shift();
    this.seconds.add(kept);
    for (const listener of this.#listeners) listener(summaryOf(kept));
  }
}

function summaryOf({ body: _body, answer: _answer, isCut: _isCut, ...message }: Kept): Message {
  return message;
}

function cut(body: Buffer): Pick<Kept, 'body' | 'isCut' | 'bytes' | 'sha256'> {
  const sha256 = createHash('sha256').update(body).digest('hex');
  // A copy: what it is cut from may be a large buffer.
  const kept = Buffer.from(body.subarray(0, MAX_BODY_BYTES));
  return { body: kept, isCut: body.length > MAX_BODY_BYTES, bytes: body.length, sha256 };
}

function typeIn(body: Buffer): string | null {
  const json = jsonFromBytes(body);
  if (!json.ok || !isJsonObject(json.value)) return null;
  const headers = propertyWithoutCase(json.value, 'Headers');
  return textOf(isJsonObject(headers) ? propertyWithoutCase(headers, 'type') : json.value.type);
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
