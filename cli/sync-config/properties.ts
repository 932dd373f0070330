import { usageError } from '../common/command-error.ts';
import { isModel, type Model, type ModelChange } from '../ordercloud/model.ts';
import { HIDDEN, hiddenPath } from '../ordercloud/shown.ts';

type Kind = 'boolean' | 'text' | 'json';

/** The model ProductSyncConfig. */
const PROPERTIES: Readonly<Record<string, Kind>> = {
  SyncProductChanged: 'boolean',
  SyncProductDeleted: 'boolean',
  Paused: 'boolean',
  DeliveryConfigID: 'text',
  ExcludePriceSchedules: 'boolean',
  ConfigData: 'json',
};

const REQUIRED = ['SyncProductChanged', 'SyncProductDeleted', 'DeliveryConfigID'];

const NAMES = Object.keys(PROPERTIES).join(', ');

/** `KEY=VALUE` as a change of the configuration; names are taken without regard to case. */
export function patchFrom(assignments: readonly string[]): Model {
  const patch: Record<string, unknown> = {};
  for (const assignment of assignments) {
    const at = assignment.indexOf('=');
    const given = at === -1 ? assignment : assignment.slice(0, at);
    const name = Object.keys(PROPERTIES).find((each) => each.toLowerCase() === given.trim().toLowerCase());
    if (at === -1 || name === undefined) {
      throw usageError(`"${given}" is not of the form KEY=VALUE with one of ${NAMES}.`);
    }
    if (name in patch) throw usageError(`${name} is given twice.`);
    patch[name] = valueFrom(name, assignment.slice(at + 1));
  }
  requireShown(patch);
  return patch;
}

/** A whole configuration from a file's text; what is not in the model is passed on, and named in a note. */
export function configFrom(text: string, file: string): { config: Model; unknown: string[] } {
  const config = parsed(text);
  if (!isModel(config)) throw usageError(`${file} is not a JSON object.`);
  requireShown(config, `${file}: `);
  for (const name of REQUIRED) {
    if (config[name] === undefined || config[name] === null) throw usageError(`${file}: ${name} is missing.`);
  }
  for (const [name, kind] of Object.entries(PROPERTIES)) {
    const value = config[name];
    if (value === undefined || value === null || kind === 'json') continue;
    if (kind === 'boolean' && typeof value !== 'boolean')
      throw usageError(`${file}: ${name} must be true or false.`);
    if (kind === 'text' && typeof value !== 'string') throw usageError(`${file}: ${name} must be a text.`);
  }
  return { config, unknown: Object.keys(config).filter((name) => !(name in PROPERTIES)) };
}

/** What `get` has hidden would be written over the real value. */
function requireShown(config: Model, where = ''): void {
  const path = hiddenPath(config);
  if (path !== null) throw usageError(`${where}${path} is hidden (${HIDDEN}): put the real value there.`);
}

/** What of a patch is not there already. ConfigData is one value: OrderCloud may know what is inside, not we. */
export function differingFrom(present: Model, patch: Model): ModelChange[] {
  return Object.entries(patch)
    .map(([path, to]) => ({ path, from: present[path] ?? undefined, to }))
    .filter(({ from, to }) => JSON.stringify(from) !== JSON.stringify(to ?? undefined));
}

function valueFrom(name: string, text: string): unknown {
  const value = text.trim();
  switch (PROPERTIES[name]) {
    case 'boolean':
      if (/^(true|false)$/i.test(value)) return value.toLowerCase() === 'true';
      throw usageError(`${name} must be true or false.`);
    case 'text':
      if (value !== '') return value;
      throw usageError(`${name} must not be empty.`);
    default: {
      const data = parsed(value);
      if (data !== undefined) return data;
      throw usageError(`${name} must be JSON.`);
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}
