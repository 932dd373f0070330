import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { KafkaOptions } from './functions-host/kafka-feed.ts';
import { isLocalAccount } from './local-cosmos.ts';
import { isLocalNamespace } from './local-event-hub.ts';
import { StartError } from './start-error.ts';

/** The file from which Core Tools, and `npm start`, take the app's settings. */
export const LOCAL_SETTINGS_FILE = 'local.settings.json';

const LOCAL_SETTINGS = z.object({
  IsEncrypted: z.literal(false).optional(),
  Values: z.record(z.string(), z.string()).default({}),
});

const HOST_JSON = z.object({
  functionTimeout: z
    .string()
    .regex(/^\d\d:\d\d:\d\d$/, 'must be HH:MM:SS')
    .optional(),
  extensions: z
    .object({
      http: z.object({ routePrefix: z.string().optional() }).optional(),
      eventHubs: z.object({ maxEventBatchSize: z.int().positive().optional() }).optional(),
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

const PACKAGE_JSON = z.object({ main: z.string() });

/** The `Values` of local.settings.json, which Core Tools read, too; none if there is no such file. */
export async function readLocalSettings(folder: string): Promise<Record<string, string>> {
  return (await readJson(folder, LOCAL_SETTINGS_FILE, LOCAL_SETTINGS))?.Values ?? {};
}

/**
 * The same without the servers of a local stack, which the file names for Core Tools: a start brings its own, and
 * commands know where to find them.
 */
export async function readUserSettings(folder: string): Promise<Record<string, string>> {
  const values = await readLocalSettings(folder);
  const { COSMOS_CONNECTION_STRING: account = '', EventHubConnection: namespace = '', ...others } = values;
  return {
    ...others,
    ...(account && !isLocalAccount(account) && { COSMOS_CONNECTION_STRING: account }),
    ...(namespace && !isLocalNamespace(namespace) && { EventHubConnection: namespace }),
  };
}

/** The prefix of all routes: `api`, unless host.json says otherwise. */
export async function readRoutePrefix(folder: string): Promise<string> {
  return (await readJson(folder, 'host.json', HOST_JSON))?.extensions?.http?.routePrefix ?? 'api';
}

/** How long one invocation may take, if host.json says so. */
export async function readFunctionTimeoutMs(folder: string): Promise<number | undefined> {
  const text = (await readJson(folder, 'host.json', HOST_JSON))?.functionTimeout;
  if (text === undefined) return undefined;
  const [hours = 0, minutes = 0, seconds = 0] = text.split(':').map(Number);
  return (hours * 3_600 + minutes * 60 + seconds) * 1_000;
}

/** How many events one invocation gets at most, if host.json says so. */
export async function readMaxEventBatchSize(folder: string): Promise<number | undefined> {
  return (await readJson(folder, 'host.json', HOST_JSON))?.extensions?.eventHubs?.maxEventBatchSize;
}

/** What host.json says about the Kafka trigger. */
export async function readKafkaOptions(folder: string): Promise<KafkaOptions> {
  const options = (await readJson(folder, 'host.json', HOST_JSON))?.extensions?.kafka ?? {};
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/** The absolute path of the built app, which package.json names for Azure. */
export async function readEntry(folder: string): Promise<string> {
  const { main } = (await readJson(folder, 'package.json', PACKAGE_JSON)) ?? {};
  if (main === undefined)
    throw new StartError('There is no package.json here: run this in the project folder.');
  return join(folder, main);
}

async function readJson<Schema extends z.ZodType>(
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
