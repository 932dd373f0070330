import { readUserSettings } from './app-files.ts';
import { type Variables, withoutBlanks } from './environment.ts';

/** Where settings come from; every part is optional. */
export type GivenSettingsOptions = {
  /** False ignores this process's environment and local.settings.json, which may point to a real account. */
  userSettings?: boolean;
  /** Settings of the app; they win over the environment and local.settings.json. */
  env?: Variables;
};

/** What the user has set. As with Core Tools, later ones win: the file, this process's environment, the caller's. */
export async function givenSettings(
  folder: string,
  { userSettings = true, env }: GivenSettingsOptions = {},
): Promise<Record<string, string>> {
  const user = userSettings ? { ...(await readUserSettings(folder)), ...withoutBlanks(process.env) } : {};
  return withoutBlanks({ ...user, ...env });
}
