import { isAlmostProductType } from '../message/message-type.ts';
import { printable } from '../printable.ts';
import { record } from './metrics.ts';

/** A metric has few series: further types are counted together. */
const MAX_TYPES = 20;
const MAX_LENGTH = 100;

/** Messages that were ignored though their type is nearly a product type. */
export type NearMiss = { type: string; count: number };

/** Counts ignored messages by type, under the first `MAX_TYPES` names that this process meets. */
export function ignoredTypesCounter() {
  const known = new Set<string>();
  const nearMisses = new Map<string, number>();
  return {
    /** Says whether the type is nearly a product type. */
    count(messageType: string | null): boolean {
      const name = messageType === null ? 'none' : printable(messageType, MAX_LENGTH);
      if (known.size < MAX_TYPES) known.add(name);
      record('productsync.messages.ignored', 1, { type: known.has(name) ? name : 'other' });
      if (messageType === null || !isAlmostProductType(messageType)) return false;
      const former = nearMisses.get(name);
      if (former !== undefined || nearMisses.size < MAX_TYPES) nearMisses.set(name, (former ?? 0) + 1);
      return true;
    },
    nearMisses: (): NearMiss[] => [...nearMisses].map(([type, count]) => ({ type, count })),
  };
}

/** The counter of this process. */
export const ignoredTypes = ignoredTypesCounter();
