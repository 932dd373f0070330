import { UNREACHABLE } from './no-answer.ts';

/** What the SDK calls faults of the hub, or of our access to it: every other event would meet them as well. */
const HUB_FAULTS: Readonly<Record<string, string>> = {
  MessagingEntityNotFoundError: 'there is no such hub',
  MessagingEntityDisabledError: 'the hub is disabled',
  UnauthorizedError: 'the key is refused, or has no right to send',
};

/** What the next event need not meet. */
const PASSING_FAULTS: Readonly<Record<string, string>> = {
  MessageTooLargeError: 'larger than the hub takes',
  ServerBusyError: 'the hub is too busy',
};

/**
 * Says in a few words why the SDK could not publish an event. Before any has been accepted, what is not known to pass
 * is taken to stand in the way of all: an address can be wrong in many ways.
 */
export function describeSendFailure(
  error: unknown,
  { isFirst, timeoutMs }: { isFirst: boolean; timeoutMs: number },
): { error: string; unreachable: boolean } {
  const fault = lastOf(error);
  if (fault instanceof DOMException && fault.name === 'TimeoutError') {
    return { error: `no answer within ${timeoutMs / 1000} s`, unreachable: isFirst };
  }
  if (fault instanceof Error && fault.name === 'AbortError') {
    return { error: 'interrupted before the hub had taken it', unreachable: false };
  }
  const code = codeOf(fault);
  const lasting = UNREACHABLE[code] ?? HUB_FAULTS[code];
  if (lasting !== undefined) return { error: lasting, unreachable: true };
  const passing = PASSING_FAULTS[code];
  if (passing !== undefined) return { error: passing, unreachable: false };
  // The SDK gives no code where it got no connection at all.
  return { error: wordsOf(fault, code), unreachable: isFirst || code === '' };
}

/** The SDK gathers the failures of all its attempts. */
function lastOf(error: unknown): unknown {
  return error instanceof AggregateError ? lastOf(error.errors.at(-1)) : error;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** The messages come from the service or the network, and hold no key. */
function wordsOf(error: unknown, code: string): string {
  const message = error instanceof Error ? error.message : '';
  const words = [code, message].filter((part) => part !== '').join(': ');
  return `sending failed (${words || 'no reason given'})`;
}
