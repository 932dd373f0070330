import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LOCAL_SETTINGS_FILE, readLocalSettings } from './app-files.ts';

/** The file's content with these values. */
export function localSettingsText(values: Readonly<Record<string, string>>): string {
  return `${JSON.stringify({ IsEncrypted: false, Values: values }, undefined, 2)}\n`;
}

/** Writes the file if there is none. An existing one stays as it is, whether it has these values or not. */
export async function offerLocalSettings(
  folder: string,
  values: Readonly<Record<string, string>>,
): Promise<'written' | 'fits' | 'differs'> {
  try {
    await writeFile(join(folder, LOCAL_SETTINGS_FILE), localSettingsText(values), {
      flag: 'wx',
      mode: 0o600,
    });
    return 'written';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const present = await readLocalSettings(folder);
  return Object.entries(values).every(([name, value]) => present[name] === value) ? 'fits' : 'differs';
}
