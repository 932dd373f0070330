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
import { factLines } from '../common/text.ts';

/** Of the receiver, as of the Functions host. */
export const DEFAULT_PORT = 7071;

/** What `start` prints when it runs: where everything is, and what to do next. */
export function welcome(stack: Stack): string {
  const { cosmos, eventHubs, kafka } = stack;
  return textOf([
    cosmos
      ? 'The receiver runs on this machine. Products and dead letters are in memory only: they are gone when it stops.'
      : 'The receiver runs on this machine and writes to the Cosmos DB account that your settings name.',
    '',
    ...factLines([
      ['Page', stack.url],
      ['Webhook', `POST ${stack.webhookUrl}`],
      ['Health', `GET  ${stack.healthUrl}`],
      ['Cosmos DB', cosmosText(cosmos?.endpoint ?? 'your account', stack.cosmosSettings)],
      ['Secret', secretText(stack.webhookSecret)],
      ['Event Hub', eventHubText(eventHubs)],
      [
        'Kafka',
        kafka ? `topic "${kafka.topic}" at ${kafka.brokers}, consumer group "${kafka.consumerGroup}"` : '',
      ],
      ['', kafka ? groupText(cosmos !== undefined) : ''],
    ]),
    '',
    // In an account, the samples would become products of somebody's catalog.
    ...(cosmos ? nextLines({ ...stack, cosmosEndpoint: cosmos.endpoint }) : []),
    'Ctrl-C stops.',
  ]);
}

/** What `start --no-receiver` prints: where the servers are, and how Core Tools run the app on them. */
export function emulatorsText(emulators: Emulators): string {
  const { values, cosmosEndpoint, cosmosSettings, eventHubs } = emulators;
  const blobs = /BlobEndpoint=([^;]+)/.exec(values.AzureWebJobsStorage ?? '')?.[1];
  return textOf([
    'Azurite, Cosmos DB and Event Hubs run on this machine. What they hold is in memory: it is gone when they stop.',
    '',
    ...factLines([
      ['Azurite', `${blobs}, and its queues and tables`],
      ['Cosmos DB', cosmosText(cosmosEndpoint, cosmosSettings)],
      ['Event Hub', eventHubText({ ...eventHubs, isLocal: true })],
    ]),
    '',
    ...settingsLines(emulators),
    '',
    'Run the app on them from another terminal, with Azure Functions Core Tools:',
    '  func start',
    '',
    ...nextLines({
      webhookUrl: `http://localhost:${DEFAULT_PORT}/api/webhooks/products`,
      cosmosEndpoint,
      eventHubs: { ...eventHubs, isLocal: true },
      kafka: undefined,
    }),
    'Ctrl-C stops.',
  ]);
}

function cosmosText(where: string, settings: Stack['cosmosSettings']): string {
  const { database, productsContainer, deadLettersContainer } = settings;
  return `${where}, database "${database}", containers "${productsContainer}" and "${deadLettersContainer}"`;
}

function secretText(secret: string | undefined): string {
  if (secret === undefined)
    return 'yours, from ORDERCLOUD_WEBHOOK_SECRETS (send takes one of them from ORDERCLOUD_WEBHOOK_SECRET)';
  return secret === LOCAL_WEBHOOK_SECRET
    ? `${secret} (signs the body in x-oc-hash; send uses it by itself)`
    : `${secret} (random, for this start; send takes it from ORDERCLOUD_WEBHOOK_SECRET)`;
}

function eventHubText(eventHubs: Stack['eventHubs']): string {
  if (!eventHubs) return '';
  const { isLocal, connectionString, hub } = eventHubs;
  return isLocal
    ? `"${hub}" at ${connectionString}`
    : `"${hub}" of your namespace; other readers of its consumer group lose partitions to this one`;
}

/** The group's offsets stay with the broker, when the documents are gone. */
function groupText(isInMemory: boolean): string {
  return isInMemory
    ? 'It goes on where the group left off: another KAFKA_CONSUMER_GROUP reads the topic from its start'
    : 'Other readers of the group lose partitions to this one';
}

function settingsLines({ settingsFile, values }: Emulators): string[] {
  if (settingsFile === 'written') return ['local.settings.json is new and names them.'];
  if (settingsFile === 'fits') return ['local.settings.json names them.'];
  return [
    'local.settings.json stays as it is, and names others. To use these servers, it needs:',
    '',
    localSettingsText(values).trimEnd(),
  ];
}

type Places = Pick<Stack, 'webhookUrl' | 'eventHubs' | 'kafka'> & { cosmosEndpoint: string };

/**
 * What to do next, with the options that this start needs. Messages only go to servers on this machine: others get
 * nothing that nobody meant to send.
 */
function nextLines({ webhookUrl, eventHubs, kafka, cosmosEndpoint }: Places): string[] {
  const { isLocal, connectionString, hub = '' } = eventHubs ?? {};
  const hubKey = option(
    'connection-string',
    `'${connectionString}'`,
    `'${localEventHubsConnectionString()}'`,
  );
  const hubName = option('hub', hub, LOCAL_EVENT_HUB);
  const topic = option('topic', kafka?.topic ?? '', LOCAL_KAFKA_TOPIC);
  const url = new URL(webhookUrl).port === String(DEFAULT_PORT) ? '' : ` --url ${webhookUrl}`;
  const cosmosPort = option('cosmos-port', new URL(cosmosEndpoint).port, String(LOCAL_COSMOS_PORT));
  return [
    'Send the samples from another terminal:',
    `  npm run send -- samples${url}`,
    ...(isLocal ? [`  npm run send -- --via eventhub samples${hubKey}${hubName}`] : []),
    ...(kafka?.isLocal ? [`  npm run send -- --via kafka samples --brokers ${kafka.brokers}${topic}`] : []),
    '',
    'Look at what came of them:',
    `  npx ordercloud-product-sync products list${cosmosPort}`,
    `  npm run dead-letters -- list${cosmosPort}`,
    '',
  ];
}

/** Commands find what is usual by themselves. */
function option(name: string, value: string, usual: string): string {
  return value === usual ? '' : ` --${name} ${value}`;
}

function textOf(lines: readonly string[]): string {
  return ['', ...lines, '', ''].join('\n');
}
