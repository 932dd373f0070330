import { type Delivery, hasUsableTime } from '../message/delivery.ts';
import { openDelivery } from '../message/envelope.ts';
import { inexactNumbersIn } from '../message/inexact-numbers.ts';
import { PRODUCT_DELETED } from '../message/message-type.ts';
import { ProductDeleted, ProductUpdated, WithProductId } from '../message/product-updated.ts';
import { validate } from '../message/validate.ts';
import { printable } from '../printable.ts';
import { contentHashOf } from '../product/content-hash.ts';
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

/** A document has at most 20 times the bytes of its message: that of a smaller message always fits. */
const SMALL_MESSAGE_BYTES = MAX_DOCUMENT_BYTES / 20;

/** As long as every hash of a content. */
const ANY_HASH = '0'.repeat(64);

/** Decodes, validates and normalizes one delivery. Pure, and never throws: an exception is a rejection too. */
export function prepare(delivery: Delivery, configuredMarketplace: string | null): Prepared {
  try {
    return prepareOrThrow(delivery, configuredMarketplace);
  } catch (error) {
    // The exception's message may quote the payload; its class may not.
    const kind = error instanceof Error ? error.name : typeof error;
    const detail = `Processing failed (${kind}). This is a defect of the app: please report it.`;
    return rejected({ reason: 'unprocessable', detail });
  }
}

function prepareOrThrow(delivery: Delivery, configuredMarketplace: string | null): Prepared {
  const opened = openDelivery(delivery);
  if (opened.kind === 'ignored') return opened;
  if (opened.kind === 'unreadable') {
    const { reason, detail, messageType } = opened;
    const productId = reason === 'missing-type' ? productIdIn(opened.payload) : null;
    return rejected({ reason, detail, messageType, productId });
  }
  const { messageType, payload } = opened;
  if (!hasUsableTime(delivery)) {
    const detail = `The time of the message (${printable(delivery.time, 40) || 'none'}) is no date between 1970 and 5 minutes from now.`;
    return rejected({ reason: 'invalid-time', detail, messageType, productId: productIdIn(payload) });
  }
  const validated = validate(messageType === PRODUCT_DELETED ? ProductDeleted : ProductUpdated, payload);
  if (!validated.ok) {
    const { issues } = validated;
    const count = issues.length === 1 ? 'One value is' : `${issues.length} values are`;
    const detail = `${count} not as the message model asks; see issues.`;
    const productId = productIdIn(payload);
    return rejected({ reason: 'invalid-message', detail, issues, messageType, productId });
  }
  const product: ProductUpdated = validated.message;
  const { ProductID: productId, Marketplace } = product;
  // An empty text names none.
  const marketplace = Marketplace || opened.marketplace;
  // OrderCloud's own code compares IDs without case, too.
  const isOther = marketplace?.toLowerCase() !== configuredMarketplace?.toLowerCase();
  if (configuredMarketplace !== null && marketplace !== null && isOther) {
    const detail = 'The message is of another marketplace than ORDERCLOUD_MARKETPLACE_ID.';
    return rejected({ reason: 'wrong-marketplace', detail, messageType, productId });
  }
  const { transport, stream, sequence, time, receivedAt } = delivery;
  const mark = { messageType, transport, stream, sequence, time, receivedAt };
  if (messageType === PRODUCT_DELETED) {
    const sync = { ...mark, contentHash: null, warnings: [] };
    return { kind: 'change', change: { productId, content: null, sync } };
  }
  const { content, warnings } = toProductContent(product, {
    marketplace: marketplace ?? configuredMarketplace,
    inexactNumbers: inexactNumbersIn(opened, product),
  });
  const unhashed = { ...mark, contentHash: ANY_HASH, warnings };
  const isLarge = (delivery.body?.byteLength ?? 0) > SMALL_MESSAGE_BYTES;
  // Hashing a document takes longer than measuring it, so the hash is left to those that fit.
  if (isLarge && Buffer.byteLength(JSON.stringify({ ...content, sync: unhashed })) > MAX_DOCUMENT_BYTES) {
    const detail = `The document is too large: at most ${MAX_DOCUMENT_BYTES} bytes of JSON can be stored.`;
    return rejected({ reason: 'document-too-large', detail, messageType, productId });
  }
  const sync = { ...unhashed, contentHash: contentHashOf(content) };
  return { kind: 'change', change: { productId, content, sync } };
}

/** The ProductID of a payload that may be invalid elsewhere; null if the ID itself is invalid. */
export function productIdIn(payload: unknown): string | null {
  const validated = validate(WithProductId, payload);
  return validated.ok ? validated.message.ProductID : null;
}

function rejected(known: Pick<Rejection, 'reason' | 'detail'> & Partial<Rejection>): Prepared {
  return { kind: 'rejected', rejection: { issues: [], messageType: null, productId: null, ...known } };
}
