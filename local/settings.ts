import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { isLocalConnectionString } from './defaults.ts';
import { readProjectFile } from './project-files.ts';

/** Variables by name; undefined counts as absent. */
export type Variables = Record<string, string | undefined>;

/** What the app reads from its environment, by the prefixes of the names (contract, section 6). */
const APP_SETTING =
  /^(COSMOS_|ORDERCLOUD_|EventHubConnection|EVENT_HUB_|KAFKA_|TOMBSTONE_|DEAD_LETTER_|MAX_|WRITE_|OTEL_|APPLICATIONINSIGHTS_)/;

/** Whether the app reads a setting of this name. */
export function isAppSetting(name: string): boolean {
  return APP_SETTING.test(name);
}

/** Without blank variables: the sample of local.settings.json is full of them, and they mean "not set". */
export function withoutBlanks(variables: Variables): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).filter((entry): entry is [string, string] => Boolean(entry[1])),
  );
}

/** The file from which Core Tools, and `npm start`, take the app's settings. */
const FILE = 'local.settings.json';

const LOCAL_SETTINGS = z.object({
  IsEncrypted: z.literal(false).optional(),
  Values: z.record(z.string(), z.string()).default({}),
});

/** The `Values` of local.settings.json, which Core Tools read, too; none if there is no such file. */
export async function readLocalSettings(folder: string): Promise<Record<string, string>> {
  return (await readProjectFile(folder, FILE, LOCAL_SETTINGS))?.Values ?? {};
}

/**
 * The same without the servers of a local stack, which the file names for Core Tools: a start brings its own, and
 * commands know where to find them.
 */
export async function readUserSettings(folder: string): Promise<Record<string, string>> {
  const values = Object.entries(await readLocalSettings(folder));
  return Object.fromEntries(values.filter(([, value]) => !isLocalConnectionString(value)));
}

/** The content of local.settings.json with these values. */
export function localSettingsText(values: Readonly<Record<string, string>>): string {
  return `${JSON.stringify({ IsEncrypted: false, Values: values }, undefined, 2)}\n`;
}

/** Writes the file if there is none. An existing one stays as it is, whether it has these values or not. */
export async function offerLocalSettings(
  folder: string,
  values: Readonly<Record<string, string>>,
): Promise<'written' | 'fits' | 'differs'> {
  try {
    await writeFile(join(folder, FILE), localSettingsText(values), { flag: 'wx', mode: 0o600 });
    return 'written';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const present = await readLocalSettings(folder);
  return Object.entries(values).every(([name, value]) => present[name] === value) ? 'fits' : 'differs';
}

/** Where the settings of a start come from; every part is optional. */
export type StartSettingsOptions = {
  /** False ignores this process's environment and local.settings.json, which may point to a real account. */
  userSettings?: boolean;
  /** Settings of the app; they win over the environment and local.settings.json. */
  env?: Variables;
};

/** What the user has set. As with Core Tools, later ones win: the file, this process's environment, the caller's. */
export async function readStartSettings(
  folder: string,
  { userSettings = true, env }: StartSettingsOptions = {},
): Promise<Record<string, string>> {
  const user = userSettings ? { ...(await readUserSettings(folder)), ...withoutBlanks(process.env) } : {};
  return withoutBlanks({ ...user, ...env });
}

/** Gives this process these variables, and no other setting of the app. Returns a function that restores the old ones. */
export function setEnvironment(variables: Variables): () => void {
  const inherited = Object.keys(process.env).filter(isAppSetting);
  const former = [...inherited, ...Object.keys(variables)].map((name) => [name, process.env[name]] as const);
  assign(inherited.map((name) => [name, undefined]));
  assign(Object.entries(variables));
  return () => assign(former);
}

function assign(entries: readonly (readonly [string, string | undefined])[]): void {
  for (const [name, value] of entries) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}
