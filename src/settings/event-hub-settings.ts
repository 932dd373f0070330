import { isLoopback } from './loopback.ts';
import { type Environment, problemsOf, type SettingsProblem } from './settings-problem.ts';

/** The Event Hub to receive from. */
export type EventHubSettings = { hub: string; consumerGroup: string };

/** The hub that settings name, right or wrong; null if they name none. */
export function eventHubSettings(env: Environment): EventHubSettings | null {
  if (!env.EventHubConnection && !env.EventHubConnection__fullyQualifiedNamespace) return null;
  return { hub: env.EVENT_HUB_NAME || 'products', consumerGroup: env.EVENT_HUB_CONSUMER_GROUP || '$Default' };
}

/** What is malformed among the settings for Event Hubs. The connection string wins over the namespace, as in the host. */
export function eventHubProblems(env: Environment): SettingsProblem[] {
  const settings = eventHubSettings(env);
  if (settings === null) return [];
  const { problems, check } = problemsOf('event-hub');
  const { EventHubConnection, EventHubConnection__fullyQualifiedNamespace: namespace } = env;
  if (EventHubConnection) {
    const problem =
      'must hold Endpoint=sb://…; SharedAccessKeyName=…; and SharedAccessKey=…; with UseDevelopmentEmulator=true only on this machine';
    check({ name: 'EventHubConnection', value: EventHubConnection }, problem, isConnectionString);
  } else {
    check(
      { name: 'EventHubConnection__fullyQualifiedNamespace', value: namespace },
      'must be a host name such as NAME.servicebus.windows.net',
      isHostName,
    );
  }
  check(
    { name: 'EVENT_HUB_NAME', value: settings.hub },
    'must be the name of a hub: letters, digits, `.`, `_` and `-`, up to 256',
    (hub) => /^[a-z\d]([\w.-]{0,254}[a-z\d])?$/i.test(hub),
  );
  check(
    { name: 'EVENT_HUB_CONSUMER_GROUP', value: settings.consumerGroup },
    'must be $Default or the name of a consumer group: letters, digits, `.`, `_` and `-`, up to 50',
    (group) => group === '$Default' || /^[\w.-]{1,50}$/.test(group),
  );
  return problems;
}

/** The SDK speaks to an emulator without TLS: its key must not leave this machine. */
function isConnectionString(text: string): boolean {
  const parts = new Map(
    text.split(';').map((part) => {
      const [name = '', ...value] = part.split('=');
      return [name.trim().toLowerCase(), value.join('=').trim()];
    }),
  );
  const endpoint = parts.get('endpoint') ?? '';
  if (!/^sb:\/\//i.test(endpoint) || !URL.canParse(endpoint)) return false;
  const { hostname } = new URL(endpoint.replace(/^sb:/i, 'http:'));
  const hasKey = parts.get('sharedaccesskeyname') && parts.get('sharedaccesskey');
  const isPlain = parts.get('usedevelopmentemulator')?.toLowerCase() === 'true';
  return Boolean(hasKey || parts.get('sharedaccesssignature')) && (!isPlain || isLoopback(hostname));
}

function isHostName(text: string): boolean {
  return /^[a-z\d]([\w.-]*[a-z\d])?$/i.test(text);
}
