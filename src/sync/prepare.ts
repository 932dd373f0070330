import type { Delivery } from '../message/delivery.ts';
import { openDelivery } from '../message/envelope.ts';
import type { ProductMessageType } from '../message/message-type.ts';
import { type ProductMessage, parseMessage, productIdIn } from '../message/parse-message.ts';
import { contentHashOf } from '../product/content-hash.ts';
import type { SyncMark, Warning } from '../product/document.ts';
import { isJsonLargerThan } from '../product/json-size.ts';
import { hasTooManyItems } from '../product/least-size.ts';
import { toProductContent } from '../product/product-content.ts';
import type { Rejection } from '../store/dead-letter.ts';
import type { Change } from './change.ts';

/** What a delivery comes to, before anything is stored. */
export type Prepared =
  | { kind: 'ignored'; messageType: string | null }
  | { kind: 'rejected'; rejection: Rejection }
  | { kind: 'change'; change: Change };

/** Cosmos DB takes items up to 2 MB. */
const MAX_DOCUMENT_BYTES = 2_000_000;

/**
 * A document grows to at most this many times its message: the worst is a spec of nothing but an ID, 12 bytes that
 * become some 190 (and a base of 1,500). Only what is large enough to matter is measured.
 */
const MAX_GROWTH = 20;

/** As long as SHA-256 in hex. */
const NO_HASH = '0'.repeat(64);

/** Decodes, validates and normalizes one delivery. Pure, and never throws: an exception is a rejection too. */
export function prepare(delivery: Delivery, configuredMarketplace: string | null): Prepared {
  try {
    return prepareOrThrow(delivery, configuredMarketplace);
  } catch (error) {
    // The exception's message may quote the payload; its class may not.
    const kind = error instanceof Error ? error.name : typeof error;
    return rejected(
      'unprocessable',
      `Processing failed (${kind}). This is a defect of the app: please report it.`,
    );
  }
}

function prepareOrThrow(delivery: Delivery, configuredMarketplace: string | null): Prepared {
  const opened = openDelivery(delivery);
  if (opened.kind === 'ignored') return opened;
  if (opened.kind === 'unreadable') {
    const { reason, detail, messageType } = opened;
    const productId = opened.reason === 'missing-type' ? productIdIn(opened.payload) : null;
    return rejected(reason, detail, { messageType, productId });
  }
  const { messageType, payload, isTame } = opened;
  const parsed = parseMessage(messageType, payload, isTame);
  if (!parsed.ok) {
    const { issues } = parsed;
    const count = issues.length === 1 ? 'One value is' : `${issues.length} values are`;
    return rejected('invalid-message', `${count} not as the message model asks; see issues.`, {
      issues,
      messageType,
      productId: productIdIn(payload),
    });
  }
  const productId = parsed.message.product.ProductID;
  // An empty text names none.
  const marketplace = parsed.message.product.Marketplace || opened.marketplace;
  if (configuredMarketplace !== null && marketplace !== null && marketplace !== configuredMarketplace) {
    return rejected(
      'wrong-marketplace',
      'The message is of another marketplace than ORDERCLOUD_MARKETPLACE_ID.',
      {
        messageType,
        productId,
      },
    );
  }
  return toChange(delivery, messageType, parsed.message, marketplace ?? configuredMarketplace);
}

function toChange(
  delivery: Delivery,
  messageType: ProductMessageType,
  message: ProductMessage,
  marketplace: string | null,
): Prepared {
  const productId = message.product.ProductID;
  if (message.kind === 'deleted') {
    return {
      kind: 'change',
      change: { productId, content: null, sync: markOf(delivery, messageType, null, []) },
    };
  }
  const isLarge = mayBeTooLarge(delivery);
  if (isLarge && hasTooManyItems(MAX_DOCUMENT_BYTES, message.product))
    return tooLarge(messageType, productId);
  const { content, warnings } = toProductContent(message.product, marketplace);
  if (isLarge) {
    // With a hash of the same length, so that what cannot be stored is not hashed either.
    const sync = markOf(delivery, messageType, NO_HASH, warnings);
    if (isJsonLargerThan(MAX_DOCUMENT_BYTES, { ...content, sync })) return tooLarge(messageType, productId);
  }
  const sync = markOf(delivery, messageType, contentHashOf(content), warnings);
  return { kind: 'change', change: { productId, content, sync } };
}

function tooLarge(messageType: ProductMessageType, productId: string): Prepared {
  const detail = `The document is too large: at most ${MAX_DOCUMENT_BYTES} bytes of JSON can be stored.`;
  return rejected('document-too-large', detail, { messageType, productId });
}

function mayBeTooLarge(delivery: Delivery): boolean {
  return (delivery.body?.byteLength ?? 0) * MAX_GROWTH > MAX_DOCUMENT_BYTES;
}

function markOf(
  delivery: Delivery,
  messageType: ProductMessageType,
  contentHash: string | null,
  warnings: Warning[],
): SyncMark {
  const { transport, stream, sequence, time, receivedAt } = delivery;
  return { messageType, transport, stream, sequence, time, receivedAt, contentHash, warnings };
}

function rejected(
  reason: Rejection['reason'],
  detail: string,
  known: Partial<Omit<Rejection, 'reason' | 'detail'>> = {},
): Prepared {
  return {
    kind: 'rejected',
    rejection: { reason, detail, issues: [], messageType: null, productId: null, ...known },
  };
}
