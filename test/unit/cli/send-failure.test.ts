import { describe, expect, it } from 'vitest';
import { failureOf } from '../../../cli/send/transport.ts';

describe('why a message could not be sent', () => {
  const error = (message: string, more: object = {}) => Object.assign(new Error(message), more);
  it.each([
    [error('x', { cause: error('connect ECONNREFUSED 127.0.0.1:1') }), 'connection refused', true],
    [error('getaddrinfo ENOTFOUND shop'), 'no such host', true],
    [error('x', { type: 'UNKNOWN_TOPIC_OR_PARTITION' }), 'there is no such topic', true],
    [error('x', { type: 'MESSAGE_TOO_LARGE' }), 'larger than the broker takes', false],
    [error('x', { name: 'KafkaJSSASLAuthenticationError' }), 'the user or the password is refused', true],
    [error('Request Produce timed out'), 'no answer in time', true],
    [new DOMException('', 'TimeoutError'), 'no answer in time', true],
    [new DOMException('', 'AbortError'), 'interrupted before the answer came', false],
    [new AggregateError([error('a'), error('b', { code: 'ENOTFOUND' })]), 'no such host', true],
    [error('something else'), 'sending failed (something else)', true],
    ['no error', 'sending failed (no reason given)', true],
  ])('of a broker is told in a few words: %s', (cause, told, unreachable) => {
    expect(failureOf(cause, true)).toEqual({ error: told, unreachable });
  });

  it('by webhook stands in the way of all only if it is the network', () => {
    expect(failureOf(error('something else'), false).unreachable).toBe(false);
    expect(failureOf(error('Request timed out'), false).unreachable).toBe(false);
    expect(failureOf(error('ECONNREFUSED'), false).unreachable).toBe(true);
  });
});
