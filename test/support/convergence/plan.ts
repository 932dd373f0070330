import { PRODUCT_DELETED, PRODUCT_UPDATED } from '../../../src/message/message-type.ts';
import { type History, MARKETPLACE, type Message, type MessageKind, type Stream, WINDOW } from './history.ts';
import { clocksDisagree } from './order.ts';

/** What fast-check draws: small choices, from which `toHistory` makes a history within the contract's limits. */
export type Plan = {
  streams: StreamPlan[];
  /** Whether all messages of a product go to one stream, as with a partition key. */
  keyed: boolean;
  messages: MessagePlan[];
  handWritten: boolean;
  workers: number;
  turns: History['turns'];
};

export type StreamPlan = { kind: number; firstSequence: number; start: number; isSteady: boolean };

export type MessagePlan = {
  stream: number;
  product: number;
  kind: MessageKind;
  /** Which of two names the product has, or in which of the ways the message is invalid. */
  variant: number;
  /** How far the stream's time moves; back only on streams that are first delivered in order, and on HTTP. */
  step: number;
  sequenceStep: number;
  /** The hub or topic was deleted and made again before this message: it counts from the start. */
  recreated: boolean;
};

const START = Date.UTC(2026, 10, 22, 12);
const PRODUCTS = ['P1', 'P2', 'P3'];

// Names that sort by code unit otherwise than by number, and on either side of `http`.
const STREAM_KINDS: readonly Stream[] = [
  { name: 'eventhub/products/0', transport: 'eventhub', delivery: 'first in order' },
  { name: 'http', transport: 'http', delivery: 'once each' },
  { name: 'eventhub/products/9', transport: 'eventhub', delivery: 'in any order' },
  { name: 'kafka/products/10', transport: 'kafka', delivery: 'in any order' },
  { name: 'eventhub/products/10', transport: 'eventhub', delivery: 'first in order' },
  { name: 'kafka/products/2', transport: 'kafka', delivery: 'first in order' },
  { name: 'kafka/products/7', transport: 'kafka', delivery: 'first in order' },
];
export const STREAM_KIND_COUNT = STREAM_KINDS.length;

export function toHistory(plan: Plan): History {
  const streams = [...new Set(plan.streams.map(({ kind }) => STREAM_KINDS[kind] as Stream))];
  const clocks = new Map(streams.map((stream, index) => [stream, streamClock(stream, plan.streams[index])]));
  const messages = plan.messages.map((planned, index) => {
    const stream = streams[(plan.keyed ? planned.product : planned.stream) % streams.length] as Stream;
    const productId = PRODUCTS[planned.product] as string;
    const position = (clocks.get(stream) as StreamClock)(planned, productId);
    return message(`m${index + 1}`, planned.kind, { productId, stream, ...position }, planned.variant);
  });
  return {
    streams,
    messages: messages.map((each) => withinLimits(each, messages)),
    handWritten: plan.handWritten ? PRODUCTS.slice(0, 1) : [],
    workers: plan.workers,
    turns: plan.turns,
  };
}

type StreamClock = (planned: MessagePlan, productId: string) => Pick<Message, 'sequence' | 'time' | 'place'>;

/** Gives the messages of one stream their positions. */
function streamClock(stream: Stream, plan: StreamPlan | undefined): StreamClock {
  const first = plan?.firstSequence ?? 0;
  let sequence = first - 1;
  let place = -1;
  let time = START + (plan?.start ?? 0);
  let latest = time;
  /** After a stream was recreated: no message is as early as this. */
  let earliest = Number.NEGATIVE_INFINITY;
  const latestOfProduct = new Map<string, number>();

  return (planned, productId) => {
    place += 1;
    sequence += planned.sequenceStep;
    if (stream.transport === 'http') {
      // The clocks of the instances that receive webhooks need not agree.
      time += planned.step;
      return { sequence: null, time, place };
    }
    if (planned.recreated && place > 0) {
      // «A hub or topic recreated under the same name needs 5 minutes between its last old and first new message»;
      // exactly 5 minutes are still within the window.
      earliest = latest + WINDOW + 1;
      time = earliest;
      sequence = first;
    }
    const isSteady = stream.delivery === 'in any order' || plan?.isSteady;
    const step = isSteady ? Math.abs(planned.step) : planned.step;
    time = Math.max(time + step, earliest, (latestOfProduct.get(productId) ?? time + step) - WINDOW);
    latest = Math.max(latest, time);
    if (isValid(planned.kind)) {
      latestOfProduct.set(productId, Math.max(time, latestOfProduct.get(productId) ?? time));
    }
    return { sequence, time, place };
  };
}

function isValid(kind: MessageKind): boolean {
  return kind === 'update' || kind === 'delete' || kind === 'refused';
}

/**
 * Where clocks disagree, whether a refused message lends its time to the next of its stream depends on how batches
 * are cut, so that «the newest» is not defined. There the store takes it.
 */
function withinLimits(each: Message, all: readonly Message[]): Message {
  if (each.kind !== 'refused' || !clocksDisagree(each.productId, all)) return each;
  return message(each.label, 'update', each, 0);
}

type Place = Pick<Message, 'productId' | 'stream' | 'sequence' | 'time' | 'place'>;

const NAMES = ['Chemex', 'Moka'];
/** The simulated store refuses products of this name. */
export const REFUSED_NAME = 'refused';

function message(label: string, kind: MessageKind, at: Place, variant: number): Message {
  const { productId, stream, sequence, time, place } = at;
  const name = kind === 'refused' ? REFUSED_NAME : (NAMES[variant % NAMES.length] as string);
  const { type, body } = content(kind, productId, name, variant);
  const isEnvelope = stream.transport === 'http' && body !== '{';
  return {
    label,
    kind,
    productId,
    name,
    stream,
    sequence,
    time,
    place,
    body: Buffer.from(isEnvelope ? `{"Headers":{"type":"${type}"},"Payload":${body}}` : body),
    properties: stream.transport === 'http' ? {} : { type },
  };
}

function content(kind: MessageKind, productId: string, name: string, variant: number) {
  const update = { type: PRODUCT_UPDATED, body: JSON.stringify({ ProductID: productId, Name: name }) };
  switch (kind) {
    case 'update':
    case 'refused':
      return update;
    case 'delete':
      return { type: PRODUCT_DELETED, body: JSON.stringify({ ProductID: productId }) };
    case 'ignored':
      return { ...update, type: 'sitecore.ordercloud.messages.order.submitted' };
    case 'invalid':
      return { ...update, body: INVALID_BODIES[variant % INVALID_BODIES.length]?.(productId) ?? '{' };
  }
}

const INVALID_BODIES: ((productId: string) => string)[] = [
  () => '{',
  (productId) => JSON.stringify({ ProductID: productId, Name: 7 }),
  (productId) => JSON.stringify({ ProductID: productId, Marketplace: `not ${MARKETPLACE}` }),
];
