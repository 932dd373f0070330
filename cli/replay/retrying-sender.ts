import { type Sleep, sleep } from '../support/sleep.ts';
import type { Sender, SendResult } from './sender.ts';

/** How often a message is sent in all. */
export const MAX_ATTEMPTS = 5;
/** The wait when a receiver names none, and the longest one that is obeyed. */
const DEFAULT_WAIT_SECONDS = 1;
const MAX_WAIT_SECONDS = 60;

/** Sends a message again when the receiver is too busy (503), after as long a wait as it asks for. */
export function createRetryingSender(sender: Sender, wait: Sleep = sleep): Sender {
  const closing = new AbortController();
  return {
    async send(message): Promise<SendResult> {
      let result = await sender.send(message);
      for (let attempt = 1; attempt < MAX_ATTEMPTS && result.status === 503; attempt += 1) {
        const seconds = Math.min(result.retryAfterSeconds ?? DEFAULT_WAIT_SECONDS, MAX_WAIT_SECONDS);
        await wait(seconds * 1000, closing.signal);
        if (closing.signal.aborted) break;
        result = await sender.send(message);
      }
      return result;
    },
    async close() {
      closing.abort();
      await sender.close();
    },
  };
}
