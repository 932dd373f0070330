import type { z } from 'zod';
import type { Variables } from '../settings.ts';
import { StartError } from '../start-error.ts';
import type { Binding } from './rpc.ts';

/**
 * Reads a trigger's binding, in which `%NAME%` stands for the setting of that name.
 * @throws StartError if a setting is missing, or if this host cannot feed such a function
 */
export function readBinding<Schema extends z.ZodType>(
  trigger: Binding,
  schema: Schema,
  env: Variables,
): z.infer<Schema> {
  const resolved = Object.entries(trigger).map(([name, value]) => [
    name,
    typeof value === 'string' ? resolveSettings(value, env) : value,
  ]);
  const parsed = schema.safeParse(Object.fromEntries(resolved));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new StartError(`This host cannot feed it. Its ${issue?.path.join('.')}: ${issue?.message}.`);
}

function resolveSettings(text: string, env: Variables): string {
  return text.replace(/%([^%]+)%/g, (_, name: string) => {
    const value = env[name];
    if (value) return value;
    throw new StartError(`The setting ${name} is not set.`);
  });
}
