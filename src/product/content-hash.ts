import { createHash } from 'node:crypto';
import type { ProductContent } from './document.ts';

/**
 * SHA-256 of the content's JSON, in hex. The keys of a content always come in one order, so equal contents give
 * equal JSON and different ones different JSON. `bytes` is the JSON's size in UTF-8.
 */
export function contentHashOf(content: ProductContent): { contentHash: string; bytes: number } {
  const json = Buffer.from(JSON.stringify(content));
  return { contentHash: createHash('sha256').update(json).digest('hex'), bytes: json.byteLength };
}
