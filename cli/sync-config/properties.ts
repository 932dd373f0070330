import { z } from 'zod';
import { usageError } from '../common/command-error.ts';
import { HIDDEN, leavesOf, type Model, type ModelChange } from '../ordercloud/model.ts';

const flag = z.boolean('must be true or false');

/** The model ProductSyncConfig. */
const PROPERTIES = {
  SyncProductChanged: flag,
  SyncProductDeleted: flag,
  Paused: flag,
  DeliveryConfigID: z.string('must be a text').min(1, 'must not be empty'),
  ExcludePriceSchedules: flag,
  ConfigData: z.json('must be JSON'),
};

const NAMES = Object.keys(PROPERTIES) as (keyof typeof PROPERTIES)[];

const Config = z.looseObject({
  ...PROPERTIES,
  Paused: flag.nullish(),
  ExcludePriceSchedules: flag.nullish(),
  ConfigData: z.unknown().optional(),
});

/** Reads `KEY=VALUE`; the case of names does not matter. */
export function patchFrom(assignments: readonly string[]): Model {
  const patch: Record<string, unknown> = {};
  for (const assignment of assignments) {
    const [given = '', ...rest] = assignment.split('=');
    const name = NAMES.find((each) => each.toLowerCase() === given.trim().toLowerCase());
    if (rest.length === 0 || name === undefined) {
      throw usageError(`"${given}" is not of the form KEY=VALUE with one of ${NAMES.join(', ')}.`);
    }
    if (name in patch) throw usageError(`${name} is given twice.`);
    const read = PROPERTIES[name].safeParse(valueFrom(name, rest.join('=').trim()));
    if (!read.success) throw usageError(`${name} ${read.error.issues[0]?.message}.`);
    patch[name] = read.data;
  }
  requireShown(patch);
  return patch;
}

function valueFrom(name: string, text: string): unknown {
  if (name === 'DeliveryConfigID') return text;
  return /^(true|false)$/i.test(text) ? text.toLowerCase() === 'true' : parsed(text);
}

/** A whole configuration from a file's text, and the names in it that the model lacks. */
export function configFrom(text: string, file: string): { config: Model; unknown: string[] } {
  const config = z.record(z.string(), z.unknown()).safeParse(parsed(text)).data;
  if (config === undefined) throw usageError(`${file} is not a JSON object.`);
  requireShown(config, `${file}: `);
  const [issue] = Config.safeParse(config).error?.issues ?? [];
  if (issue !== undefined) {
    const name = String(issue.path[0]);
    throw usageError(`${file}: ${name} ${config[name] === undefined ? 'is missing' : issue.message}.`);
  }
  return { config, unknown: Object.keys(config).filter((name) => !(name in PROPERTIES)) };
}

/** What `get` has hidden must not overwrite the real value. */
function requireShown(config: Model, where = ''): void {
  const isHidden = ([, value]: [string, unknown]) => JSON.stringify(value).includes(HIDDEN);
  const [path] = [...leavesOf(config)].find(isHidden) ?? [];
  if (path !== undefined)
    throw usageError(`${where}${path} is hidden (${HIDDEN}): put the real value there.`);
}

/** What a patch changes. ConfigData is one value: nothing says how OrderCloud merges it. */
export function differingFrom(present: Model, patch: Model): ModelChange[] {
  return Object.entries(patch)
    .map(([path, to]) => ({ path, from: present[path] ?? undefined, to }))
    .filter(({ from, to }) => JSON.stringify(from) !== JSON.stringify(to ?? undefined));
}

/** Undefined if it is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}
