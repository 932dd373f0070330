import type { Variables } from '../environment.ts';
import { StartError } from '../start-error.ts';

/** Replaces each `%NAME%` in a binding's value by that setting. */
export function resolveSettings(text: string, env: Variables): string {
  return text.replace(/%([^%]+)%/g, (_, name: string) => {
    const value = env[name];
    if (value) return value;
    throw new StartError(`The setting ${name} is not set.`);
  });
}
