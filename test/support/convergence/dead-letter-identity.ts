import type { DeadLetter } from '../../../src/store/dead-letter.ts';
import { instant, type Message } from './history.ts';

/**
 * What makes two dead letters those of one message: position and body; on HTTP, which has no positions, the body.
 * Taken from what they hold, not from their ids.
 */
export function identityOf({ transport, stream, sequence, time, body }: DeadLetter): string {
  return transport === 'http' ? body : JSON.stringify([stream, sequence, time, body]);
}

export function identityOfMessage({ stream, sequence, time, body }: Message): string {
  const text = Buffer.from(body).toString();
  return stream.transport === 'http' ? text : JSON.stringify([stream.name, sequence, instant(time), text]);
}
