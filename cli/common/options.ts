import { type Command, InvalidArgumentError } from 'commander';
import { z } from 'zod';
import { PRODUCT_DELETED, PRODUCT_UPDATED } from '../../src/message/message-type.ts';
import { areBrokers } from '../../src/settings/broker-settings.ts';

/** Reads a whole number of a command's option, within bounds. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}

/** Collects the values of an option that may be repeated. */
export function several<Value>(read: (text: string) => Value): (text: string, former?: Value[]) => Value[] {
  return (text, former = []) => [...former, read(text)];
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

/** The options of every command that writes to OrderCloud. */
export function withWriteOptions(command: Command, { asks }: { asks: boolean }): Command {
  return command
    .option('--dry-run', 'show what would be changed, and change nothing')
    .option('--yes', asks ? 'do not ask' : `no difference: ${command.name()} does not ask`)
    .option('--json', 'print the result as JSON');
}

/** Adds the options of every command that reads a Cosmos DB account. */
export function withAccountOptions(command: Command): Command {
  return command
    .option('--json', 'print the result as JSON')
    .option('--cosmos-port <n>', 'of the local stack, if start was given another', wholeNumber(1, 65_535));
}

/** What the help of these commands says of the account. */
export const ACCOUNT_HELP = `
The account is the one that the app's settings name (COSMOS_CONNECTION_STRING or
COSMOS_ENDPOINT, COSMOS_DATABASE …), in the environment or local.settings.json;
without them, the Cosmos DB of the local stack that npm start runs.`;

const MS_PER_UNIT: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A date, or a date and time; without an offset in UTC, as all times are shown. */
const DATE = z.union([z.iso.date(), z.iso.datetime({ offset: true, local: true })]);

/**
 * Reads a point in time of an option: a duration before now (`30m`, `2h`, `7d`) or an ISO date. Three units need no
 * library: `ms`, the usual one, takes bare numbers, fractions and negative values too, which would have to be refused.
 */
export function since(text: string): string {
  const [, count, unit] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  if (unit !== undefined)
    return new Date(Date.now() - Number(count) * (MS_PER_UNIT[unit] ?? 0)).toISOString();
  return instant(text, 'It must be a time back from now, such as 30m, 2h or 7d, or an ISO date.');
}

/** Reads an instant of an option: an ISO date, in UTC where it says nothing else. */
export function instant(text: string, mustBe = 'It must be an ISO date.'): string {
  // Beside an offset zod asks for seconds.
  const date = DATE.safeParse(text.replace(/T\d\d:\d\d(?![\d:])/, '$&:00'));
  if (!date.success)
    throw new InvalidArgumentError(`${mustBe} For instance 2026-11-22 or 2026-11-22T09:30Z.`);
  const isLocal = date.data.includes('T') && !/(Z|[+-]\d\d:\d\d)$/.test(date.data);
  return new Date(isLocal ? `${date.data}Z` : date.data).toISOString();
}
