import { printable } from '../printable.ts';
import { record } from './metrics.ts';

/** A metric has few series: further types are counted together. */
const MAX_TYPES = 20;
const MAX_LENGTH = 100;

/** Counts ignored messages by type, under the first `MAX_TYPES` names that this process meets. */
export function ignoredTypesCounter() {
  const known = new Set<string>();
  return (messageType: string | null): void => {
    const name = messageType === null ? 'none' : printable(messageType, MAX_LENGTH);
    if (known.size < MAX_TYPES) known.add(name);
    record('productsync.messages.ignored', 1, { type: known.has(name) ? name : 'other' });
  };
}

/** The process's. */
export const countIgnored = ignoredTypesCounter();
