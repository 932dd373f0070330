import { describe, expect, it } from 'vitest';
import { failureOf } from '../../../cli/send/sender.ts';

const KAFKA = {
  timeoutMs: 2000,
  lasting: {
    UNKNOWN_TOPIC_OR_PARTITION: 'there is no such topic',
    KafkaJSSASLAuthenticationError: 'the user or the password is refused',
  },
  passing: { MESSAGE_TOO_LARGE: 'larger than the broker takes' },
};

describe('why a message could not be sent', () => {
  const error = (message: string, more: object = {}) => Object.assign(new Error(message), more);
  it.each([
    [error('x', { cause: error('connect ECONNREFUSED 127.0.0.1:1') }), 'connection refused', true],
    [error('getaddrinfo ENOTFOUND shop'), 'no such host', true],
    [error('x', { type: 'UNKNOWN_TOPIC_OR_PARTITION' }), 'there is no such topic', true],
    [error('x', { type: 'MESSAGE_TOO_LARGE' }), 'larger than the broker takes', false],
    [error('x', { name: 'KafkaJSSASLAuthenticationError' }), 'the user or the password is refused', true],
    [error('Request Produce timed out'), 'no answer in time', true],
    [new DOMException('', 'TimeoutError'), 'no answer within 2 s', true],
    [new AggregateError([error('a'), error('b', { code: 'ENOTFOUND' })]), 'no such host', true],
    [error('something else'), 'sending failed (something else)', true],
    ['no error', 'sending failed (no reason given)', true],
  ])('is told in a few words: %s', (cause, told, unreachable) => {
    expect(failureOf(cause, { ...KAFKA, isLasting: true })).toEqual({ error: told, unreachable });
  });

  it('stands in the way of all only before one was taken, where it may pass', () => {
    expect(failureOf(error('something else'), { ...KAFKA, isLasting: false }).unreachable).toBe(false);
    expect(failureOf(error('Request timed out'), { ...KAFKA, isLasting: false }).unreachable).toBe(false);
    expect(failureOf(error('ECONNREFUSED'), { ...KAFKA, isLasting: false }).unreachable).toBe(true);
  });
});
