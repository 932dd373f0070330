import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { StartError } from './start-error.ts';

const HOST_JSON = z.object({
  functionTimeout: z
    .string()
    .regex(/^\d\d:\d\d:\d\d$/, 'must be HH:MM:SS')
    .transform(toMilliseconds)
    .optional(),
  extensions: z
    .object({
      http: z.object({ routePrefix: z.string().optional() }).optional(),
      eventHubs: z.object({ maxEventBatchSize: z.int().positive().exactOptional() }).optional(),
      kafka: z
        .object({
          maxBatchSize: z.int().positive().optional(),
          sessionTimeoutMs: z.int().positive().optional(),
          commitOnFailure: z.boolean().optional(),
          maxRetries: z.int().min(-1).optional(),
        })
        .optional(),
    })
    .optional(),
});

/** What host.json says about the host, with Azure's default for the prefix of all routes. */
export async function readHostJson(folder: string) {
  const { functionTimeout, extensions } = (await readProjectFile(folder, 'host.json', HOST_JSON)) ?? {};
  return {
    routePrefix: extensions?.http?.routePrefix ?? 'api',
    functionTimeoutMs: functionTimeout,
    eventHubs: extensions?.eventHubs,
    kafka: extensions?.kafka,
  };
}

function toMilliseconds(text: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = text.split(':').map(Number);
  return (hours * 3_600 + minutes * 60 + seconds) * 1_000;
}

const PACKAGE_JSON = z.object({ main: z.string() });

/** The absolute path of the built app, which package.json names for Azure. */
export async function readEntry(folder: string): Promise<string> {
  const { main } = (await readProjectFile(folder, 'package.json', PACKAGE_JSON)) ?? {};
  if (main === undefined)
    throw new StartError('There is no package.json here: run this in the project folder.');
  const entry = join(folder, main);
  if (!existsSync(entry)) throw new StartError(`${main} is missing. Build it: npm run build`);
  return entry;
}

/**
 * Reads a JSON file of the project; undefined if there is none.
 * @throws StartError
 */
export async function readProjectFile<Schema extends z.ZodType>(
  folder: string,
  name: string,
  schema: Schema,
): Promise<z.infer<Schema> | undefined> {
  const text = await readFile(join(folder, name), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new StartError(`${name} cannot be read (${error.code}).`, { cause: error });
  });
  if (text === undefined) return undefined;
  const parsed = schema.safeParse(parseJson(name, text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new StartError(
    `${name} is not as it should be: ${issue?.path.join('.') || 'the file'}: ${issue?.message}.`,
  );
}

/** The engine's message quotes the text around the mistake, which may be a key. So message and cause are left out. */
function parseJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    throw new StartError(`${name} is not valid JSON.`);
  }
}
