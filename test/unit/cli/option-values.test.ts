import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';
import { messageType, rate, wholeNumber } from '../../../cli/common/options.ts';

describe('option values', () => {
  it.each([
    ['1', 1],
    ['1000', 1000],
  ])('take %s as a whole number', (text, value) => expect(wholeNumber(1, 1000)(text)).toBe(value));

  it.each(['0', '1001', '-1', '1.5', '1e2', '0x10', ' 1', '', 'many'])(
    'refuse %j as a whole number',
    (text) => {
      expect(() => wholeNumber(1, 1000)(text)).toThrow(InvalidArgumentError);
    },
  );

  it.each([
    ['0.5', 0.5],
    ['200', 200],
  ])('take %s as a rate', (text, value) => expect(rate(text)).toBe(value));

  it.each(['0', '0.0', '-1', '1e9', 'Infinity', '', '100001'])('refuse %j as a rate', (text) => {
    expect(() => rate(text)).toThrow(InvalidArgumentError);
  });

  it.each([
    ['product.updated', 'sitecore.ordercloud.messages.product.updated'],
    ['product.deleted', 'sitecore.ordercloud.messages.product.deleted'],
    ['sitecore.ordercloud.messages.order.submitted', 'sitecore.ordercloud.messages.order.submitted'],
  ])('take %s as a message type', (text, type) => expect(messageType(text)).toBe(type));

  it.each(['product.update', 'updated', '', 'a b.c.d'])('refuse %j as a message type', (text) => {
    expect(() => messageType(text)).toThrow(InvalidArgumentError);
  });
});
