import type { Delivery } from './delivery.ts';
import {
  isJsonObject,
  type JsonObject,
  type JsonResult,
  jsonFromBytes,
  jsonFromText,
  propertyWithoutCase,
} from './json.ts';
import { isProductMessageType, type ProductMessageType } from './message-type.ts';

/** What a delivery contains, before its payload is validated. */
export type Opened =
  | { kind: 'ignored'; messageType: string | null }
  | { kind: 'unreadable'; reason: 'invalid-json'; messageType: string | null; detail: string }
  | { kind: 'unreadable'; reason: 'missing-type'; messageType: null; detail: string; payload: unknown }
  | {
      kind: 'message';
      messageType: ProductMessageType;
      marketplace: string | null;
      payload: unknown;
      /** The JSON that holds the payload. */
      text: string;
      /** Whether that is the payload alone, or the whole body, which may be an envelope. */
      isBody: boolean;
    };

/** The body's layers: an envelope's headers, a CloudEvent's type, and the payload inside. */
type Unwrapped = {
  headers: JsonObject;
  cloudEventType: string | null;
  payload: unknown;
  base64?: string | null;
};

const CLOUD_EVENT_TYPE_PROPERTIES = ['ce_type', 'ce-type', 'cloudEvents:type'];

/**
 * Finds a delivery's message type and payload (contract section 1). If the transport names another type, it ignores the
 * delivery without parsing the body. On HTTP only the signed body counts.
 */
export function openDelivery(delivery: Delivery): Opened {
  const transportType = typeFromProperty(delivery, 'type');
  if (transportType !== null && !isProductMessageType(transportType)) {
    return { kind: 'ignored', messageType: transportType };
  }
  if (delivery.body === null) return { kind: 'ignored', messageType: transportType };

  const body = jsonFromBytes(delivery.body);
  const unwrapped = unwrap(body.ok ? body.value : null);
  const messageType =
    transportType ??
    textIn(unwrapped.headers, 'type') ??
    cloudEventTypeOf(delivery) ??
    unwrapped.cloudEventType;
  if (messageType !== null && !isProductMessageType(messageType)) return { kind: 'ignored', messageType };

  const invalid = { kind: 'unreadable', reason: 'invalid-json', messageType } as const;
  if (!body.ok) return { ...invalid, detail: body.detail };
  if (messageType === null) return missingType(body.value, unwrapped.payload);

  const payload = payloadOf(body, unwrapped);
  if (!payload.ok) return { ...invalid, detail: payload.detail };
  const { value, text } = payload;
  const marketplace = textIn(unwrapped.headers, 'marketplace');
  return { kind: 'message', messageType, marketplace, payload: value, text, isBody: text === body.text };
}

/** The payload as the body has it, or parsed if an envelope carries it as a string. */
function payloadOf(body: JsonResult & { ok: true }, { payload, base64 }: Unwrapped): JsonResult {
  if (base64)
    return jsonFromBytes(Buffer.from(base64, 'base64'), 'The payload, data_base64 of the CloudEvent,');
  if (typeof payload !== 'string' || !isJsonObject(body.value)) return { ...body, value: payload };
  return jsonFromText(payload, 'The payload, a string inside the envelope,');
}

/** An envelope is unwrapped once; else a structured CloudEvent; else the body is the payload. */
export function unwrap(body: unknown): Unwrapped {
  if (!isJsonObject(body)) return { headers: {}, cloudEventType: null, payload: body };
  const headers = propertyWithoutCase(body, 'Headers');
  const payload = propertyWithoutCase(body, 'Payload');
  if (headers !== undefined || payload !== undefined) {
    return { headers: isJsonObject(headers) ? headers : {}, cloudEventType: null, payload };
  }
  // https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
  if (typeof body.specversion === 'string') {
    const base64 = body.data === undefined ? textOf(body.data_base64) : null;
    return { headers: {}, cloudEventType: textOf(body.type), payload: body.data, base64 };
  }
  return { headers: {}, cloudEventType: null, payload: body };
}

function cloudEventTypeOf(delivery: Delivery): string | null {
  const types = CLOUD_EVENT_TYPE_PROPERTIES.map((name) => typeFromProperty(delivery, name));
  return types.find((type) => type !== null) ?? null;
}

/**
 * A transport's property as text. Headers of a Kafka producer reach Event Hubs' AMQP side as bytes, and Node as base64
 * text: it is decoded only if that gives a known type.
 */
function typeFromProperty({ transport, properties }: Delivery, name: string): string | null {
  if (transport === 'http') return null;
  const value = propertyWithoutCase(properties, name);
  if (value instanceof Uint8Array) return textOf(Buffer.from(value).toString('utf8'));
  const text = textOf(value);
  if (text === null || isProductMessageType(text)) return text;
  const decoded = Buffer.from(text, 'base64').toString('utf8');
  return isProductMessageType(decoded) ? decoded : text;
}

function textIn(object: JsonObject, name: string): string | null {
  return textOf(propertyWithoutCase(object, name));
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function missingType(body: unknown, payload: unknown): Opened {
  const shape = isJsonObject(body) ? 'has no' : 'is not a JSON object, so it has no';
  const detail = `The message ${shape} type: expected an envelope { "Headers": { "type": … }, "Payload": … }.`;
  return { kind: 'unreadable', reason: 'missing-type', messageType: null, detail, payload };
}
