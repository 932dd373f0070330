import {
  LOCAL_COSMOS_PORT,
  LOCAL_EVENT_HUB,
  LOCAL_KAFKA_TOPIC,
  LOCAL_WEBHOOK_SECRET,
  localEventHubsConnectionString,
} from '../../local/defaults.ts';
import type { Emulators } from '../../local/emulators.ts';
import { localSettingsText } from '../../local/settings.ts';
import type { Stack } from '../../local/stack.ts';

/** Of the receiver, as of the Functions host. */
export const DEFAULT_PORT = 7071;

/** The types of functions that the host calls. */
const FED = new Set(['httpTrigger', 'eventHubTrigger', 'kafkaTrigger']);

function eventHubLines({ eventHubs }: Stack): string[] {
  if (!eventHubs) return [];
  const { isLocal, connectionString, hub } = eventHubs;
  return isLocal
    ? [`  Event Hub  "${hub}" at ${connectionString}`]
    : [
        `  Event Hub  "${hub}" of your namespace; other readers of its consumer group lose partitions to this one`,
      ];
}

function kafkaLines({ kafka, cosmos }: Stack): string[] {
  if (!kafka) return [];
  const { topic, brokers: where, consumerGroup } = kafka;
  return [
    `  Kafka      topic "${topic}" at ${where}, consumer group "${consumerGroup}"`,
    // The group's offsets stay with the broker, when the documents are gone.
    cosmos
      ? '             It goes on where the group left off: another KAFKA_CONSUMER_GROUP reads the topic from its start'
      : '             Other readers of the group lose partitions to this one',
  ];
}

/** What the local servers hold is the same for both kinds of start: where it is, and what to do with it. */
type Places = {
  webhookUrl: string;
  eventHubs: { connectionString: string; hub: string } | undefined;
  kafka: Stack['kafka'];
  cosmosEndpoint: string;
};

/** Only to servers on this machine: others get nothing that nobody meant to send. */
function sendLines({ webhookUrl, eventHubs, kafka }: Places): string[] {
  const hubFlags = eventHubs && [
    ...(eventHubs.connectionString === localEventHubsConnectionString()
      ? []
      : [` --connection-string '${eventHubs.connectionString}'`]),
    ...(eventHubs.hub === LOCAL_EVENT_HUB ? [] : [` --hub ${eventHubs.hub}`]),
  ];
  const topicFlag = kafka && kafka.topic !== LOCAL_KAFKA_TOPIC ? ` --topic ${kafka.topic}` : '';
  const isDefaultUrl = new URL(webhookUrl).port === String(DEFAULT_PORT);
  return [
    'Send the samples from another terminal:',
    ...(hubFlags ? [`  npm run send -- --via eventhub samples${hubFlags.join('')}`] : []),
    ...(kafka?.isLocal
      ? [`  npm run send -- --via kafka samples --brokers ${kafka.brokers}${topicFlag}`]
      : []),
    `  npm run send -- samples${isDefaultUrl ? '' : ` --url ${webhookUrl}`}`,
    '',
  ];
}

/** Commands find the usual port by themselves. */
function lookLines({ cosmosEndpoint }: Places): string[] {
  const { port } = new URL(cosmosEndpoint);
  const flag = port === String(LOCAL_COSMOS_PORT) ? '' : ` --cosmos-port ${port}`;
  return [
    'Look at what came of them:',
    `  npx ordercloud-product-sync products list${flag}`,
    `  npm run dead-letters -- list${flag}`,
    '',
  ];
}

function secretLine({ webhookSecret }: Stack): string {
  if (webhookSecret === undefined)
    return '  Secret     yours, from ORDERCLOUD_WEBHOOK_SECRETS (send takes one of them from ORDERCLOUD_WEBHOOK_SECRET)';
  return webhookSecret === LOCAL_WEBHOOK_SECRET
    ? `  Secret     ${webhookSecret} (signs the body in x-oc-hash; send uses it by itself)`
    : `  Secret     ${webhookSecret} (random, for this start; send takes it from ORDERCLOUD_WEBHOOK_SECRET)`;
}

/** What `start` prints when it runs: where everything is, and what to do next. */
export function welcome(stack: Stack): string {
  const { cosmos, eventHubs } = stack;
  const unfed = stack.functions.filter(({ type }) => !FED.has(type)).map(({ name }) => name);
  const places = cosmos && {
    webhookUrl: stack.webhookUrl,
    eventHubs: eventHubs?.isLocal ? eventHubs : undefined,
    kafka: stack.kafka,
    cosmosEndpoint: cosmos.endpoint,
  };
  return textOf([
    cosmos
      ? 'The receiver runs on this machine. Products and dead letters are in memory only: they are gone when it stops.'
      : 'The receiver runs on this machine and writes to the Cosmos DB account that your settings name.',
    '',
    `  Page       ${stack.url}`,
    `  Webhook    POST ${stack.webhookUrl}`,
    `  Health     GET  ${stack.healthUrl}`,
    cosmosLine(cosmos?.endpoint ?? 'your account', stack.cosmosSettings),
    secretLine(stack),
    ...eventHubLines(stack),
    ...kafkaLines(stack),
    ...(unfed.length > 0 ? [`  Not fed    ${unfed.join(', ')}: nothing here calls such functions`] : []),
    '',
    // In an account, the samples would become products of somebody's catalog.
    ...(places ? [...sendLines(places), ...lookLines(places)] : []),
    'Ctrl-C stops.',
  ]);
}

/** What `start --no-receiver` prints: where the servers are, and how Core Tools run the app on them. */
export function emulatorsText(emulators: Emulators): string {
  const { values, settingsFile, cosmosEndpoint, cosmosSettings, eventHubs } = emulators;
  const places: Places = {
    webhookUrl: `http://localhost:${DEFAULT_PORT}/api/webhooks/products`,
    eventHubs,
    kafka: undefined,
    cosmosEndpoint,
  };
  return textOf([
    'Azurite, Cosmos DB and Event Hubs run on this machine. What they hold is in memory: it is gone when they stop.',
    '',
    `  Azurite    ${/BlobEndpoint=([^;]+)/.exec(values.AzureWebJobsStorage ?? '')?.[1]}, and its queues and tables`,
    cosmosLine(cosmosEndpoint, cosmosSettings),
    `  Event Hub  "${eventHubs.hub}" at ${eventHubs.connectionString}`,
    '',
    ...settingsLines(settingsFile, values),
    '',
    'Run the app on them from another terminal, with Azure Functions Core Tools:',
    '  func start',
    '',
    ...sendLines(places),
    ...lookLines(places),
    'Ctrl-C stops.',
  ]);
}

function settingsLines(file: Emulators['settingsFile'], values: Emulators['values']): string[] {
  switch (file) {
    case 'written':
      return ['local.settings.json is new and names them.'];
    case 'fits':
      return ['local.settings.json names them.'];
    case 'differs':
      return [
        'local.settings.json stays as it is, and names others. To use these servers, it needs:',
        '',
        localSettingsText(values).trimEnd(),
      ];
  }
}

function cosmosLine(where: string, settings: Stack['cosmosSettings']): string {
  const { database, productsContainer, deadLettersContainer } = settings;
  return `  Cosmos DB  ${where}, database "${database}", containers "${productsContainer}" and "${deadLettersContainer}"`;
}

function textOf(lines: readonly string[]): string {
  return ['', ...lines, '', ''].join('\n');
}
