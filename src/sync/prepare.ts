import { type Delivery, hasUsableTime } from '../message/delivery.ts';
import { openDelivery } from '../message/envelope.ts';
import { inexactNumbersIn, mayHoldInexactNumbers } from '../message/inexact-numbers.ts';
import type { ProductMessageType } from '../message/message-type.ts';
import { type ProductMessage, parseMessage, productIdIn } from '../message/parse-message.ts';
import { printable } from '../printable.ts';
import { contentHashOf } from '../product/content-hash.ts';
import type { SyncMark, Warning } from '../product/document.ts';
import { type ContentParts, toProductContent } from '../product/product-content.ts';
import type { Rejection } from '../store/dead-letter.ts';
import type { Change } from './change.ts';

/** What a delivery comes to, before anything is stored. */
export type Prepared =
  | { kind: 'ignored'; messageType: string | null }
  | { kind: 'rejected'; rejection: Rejection }
  | { kind: 'change'; change: Change };

/** Cosmos DB takes items up to 2 MB. */
const MAX_DOCUMENT_BYTES = 2_000_000;

/** A document has at most 20 times the bytes of its message: that of a smaller message always fits. */
const SMALL_MESSAGE_BYTES = MAX_DOCUMENT_BYTES / 20;

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
  const { messageType, payload } = opened;
  if (!hasUsableTime(delivery)) {
    const detail = `The time of the message (${printable(delivery.time, 40) || 'none'}) is no date between 1970 and 5 minutes from now.`;
    return rejected('invalid-time', detail, { messageType, productId: productIdIn(payload) });
  }
  const parsed = parseMessage(messageType, payload);
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
  return toChange(delivery, messageType, parsed.message, {
    marketplace: marketplace ?? configuredMarketplace,
    inexactNumbers: mayHoldInexactNumbers(opened.text) ? inexactNumbersIn(delivery) : [],
  });
}

function toChange(
  delivery: Delivery,
  messageType: ProductMessageType,
  message: ProductMessage,
  parts: ContentParts,
): Prepared {
  const productId = message.product.ProductID;
  if (message.kind === 'deleted') {
    return {
      kind: 'change',
      change: { productId, content: null, sync: markOf(delivery, messageType, null, []) },
    };
  }
  const { content, warnings } = toProductContent(message.product, parts);
  const sync = markOf(delivery, messageType, contentHashOf(content), warnings);
  if (isLarge(delivery) && Buffer.byteLength(JSON.stringify({ ...content, sync })) > MAX_DOCUMENT_BYTES) {
    const detail = `The document is too large: at most ${MAX_DOCUMENT_BYTES} bytes of JSON can be stored.`;
    return rejected('document-too-large', detail, { messageType, productId });
  }
  return { kind: 'change', change: { productId, content, sync } };
}

function isLarge({ body }: Delivery): boolean {
  return body !== null && body.byteLength > SMALL_MESSAGE_BYTES;
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
