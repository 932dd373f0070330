import { InvalidArgumentError } from 'commander';
import { PRODUCT_DELETED, PRODUCT_UPDATED } from '../../src/message/message-type.ts';
import { areBrokers } from '../../src/settings/kafka-settings.ts';

/** Reads a whole number of a command's option, within bounds. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}

/** Reads a number of messages a second: more than 0, fractions allowed. */
export function rate(text: string): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 0.001 && value <= 100_000) return value;
  throw new InvalidArgumentError('It must be a number of messages a second, from 0.001 to 100000.');
}

/** Reads brokers: HOST:PORT, several of them separated by commas. */
export function brokers(text: string): string {
  if (areBrokers(text)) return text;
  throw new InvalidArgumentError('It must be HOST:PORT, several of them separated by commas.');
}

/** Reads a message type: a short name of the two that are processed, or any full name. */
export function messageType(text: string): string {
  if (text === 'product.updated') return PRODUCT_UPDATED;
  if (text === 'product.deleted') return PRODUCT_DELETED;
  if (/^[\w-]+(\.[\w-]+){2,}$/.test(text)) return text;
  throw new InvalidArgumentError(
    `It must be product.updated, product.deleted, or a full name like ${PRODUCT_UPDATED}.`,
  );
}
