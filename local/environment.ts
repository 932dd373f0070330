/** Variables by name; undefined removes one. */
export type Variables = Record<string, string | undefined>;

/** What the app reads from its environment, by the prefixes of the names (contract, section 6). */
const APP_SETTING =
  /^(COSMOS_|ORDERCLOUD_|EventHubConnection|EVENT_HUB_|KAFKA_|TOMBSTONE_|DEAD_LETTER_|MAX_|WRITE_|OTEL_|APPLICATIONINSIGHTS_)/;

/** Without blank variables: the sample of local.settings.json is full of them, and they mean "not set". */
export function withoutBlanks(variables: Variables): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).filter((entry): entry is [string, string] => Boolean(entry[1])),
  );
}

/** Whether the app reads a setting of this name. */
export function isAppSetting(name: string): boolean {
  return APP_SETTING.test(name);
}

/** Names of the app's settings that this process has inherited. */
export function inheritedSettings(): string[] {
  return Object.keys(process.env).filter(isAppSetting);
}

/** Sets variables of this process, where the app reads them. Returns a function that restores the old ones. */
export function setEnvironment(variables: Variables): () => void {
  const former = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  assign(Object.entries(variables));
  return () => assign(former);
}

function assign(entries: readonly (readonly [string, string | undefined])[]): void {
  for (const [name, value] of entries) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}
