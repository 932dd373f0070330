import type { Log } from '../src/log.ts';

/** Warns that an invocation that a person started processes nothing. An error would be retried for ever. */
export function warnOfInvocationByHand(log: Log): void {
  log('warn', 'this invocation did not come from the broker: nothing was processed', {
    hint: 'To send a message, use the broker or the webhook; to fetch a product again, `ordercloud-product-sync resync`.',
  });
}
