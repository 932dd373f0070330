import { LOCAL_EVENT_HUB, localEventHubsConnectionString } from '../../local/local-event-hub.ts';
import { LOCAL_KAFKA_TOPIC } from '../../local/local-kafka.ts';
import { LOCAL_WEBHOOK_SECRET } from '../../local/local-webhook-secret.ts';
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

/** Only for the local hub: a real one gets nothing that nobody meant to send. */
function eventReplayLines({ eventHubs }: Stack): string[] {
  if (!eventHubs?.isLocal) return [];
  const { connectionString, hub } = eventHubs;
  const isDefault = connectionString === localEventHubsConnectionString();
  const flags = [
    ...(isDefault ? [] : [` --connection-string '${connectionString}'`]),
    ...(hub === LOCAL_EVENT_HUB ? [] : [` --hub ${hub}`]),
  ];
  return [`  npm run replay -- --via eventhub samples${flags.join('')}`];
}

/** Only for a broker on this machine, as with the hub. */
function kafkaReplayLines({ kafka }: Stack): string[] {
  const areLocal = kafka?.brokers.split(',').every((broker) => /^(127\.|localhost:|\[::1\]:)/.test(broker));
  if (!kafka || !areLocal) return [];
  const { brokers: where, topic } = kafka;
  const flags = [` --brokers ${where}`, ...(topic === LOCAL_KAFKA_TOPIC ? [] : [` --topic ${topic}`])];
  return [`  npm run replay -- --via kafka samples${flags.join('')}`];
}

/** Only where products are in memory: in an account, the samples would become products of somebody's catalog. */
function sampleLines(stack: Stack): string[] {
  if (!stack.cosmos) return [];
  const isDefaultUrl = new URL(stack.url).port === String(DEFAULT_PORT);
  return [
    'Send the samples from another terminal:',
    ...eventReplayLines(stack),
    ...kafkaReplayLines(stack),
    `  npm run replay -- samples${isDefaultUrl ? '' : ` --url ${stack.webhookUrl}`}`,
    '',
  ];
}

function secretLine({ webhookSecret }: Stack): string {
  if (webhookSecret === undefined)
    return '  Secret     yours, from ORDERCLOUD_WEBHOOK_SECRETS (replay takes one of them from ORDERCLOUD_WEBHOOK_SECRET)';
  return webhookSecret === LOCAL_WEBHOOK_SECRET
    ? `  Secret     ${webhookSecret} (signs the body in x-oc-hash; replay uses it by itself)`
    : `  Secret     ${webhookSecret} (random, for this start; replay takes it from ORDERCLOUD_WEBHOOK_SECRET)`;
}

/** What `start` prints when it runs: where everything is, and what to do next. */
export function welcome(stack: Stack): string {
  const { database, productsContainer, deadLettersContainer } = stack.cosmosSettings;
  const unfed = stack.functions.filter(({ type }) => !FED.has(type)).map(({ name }) => name);
  const lines = [
    '',
    stack.cosmos
      ? 'The receiver runs on this machine. Products and dead letters are in memory only: they are gone when it stops.'
      : 'The receiver runs on this machine and writes to the Cosmos DB account that your settings name.',
    '',
    `  Webhook    POST ${stack.webhookUrl}`,
    `  Health     GET  ${stack.healthUrl}`,
    `  Cosmos DB  ${stack.cosmos?.endpoint ?? 'your account'}, database "${database}", containers "${productsContainer}" and "${deadLettersContainer}"`,
    secretLine(stack),
    ...eventHubLines(stack),
    ...kafkaLines(stack),
    ...(unfed.length > 0 ? [`  Not fed    ${unfed.join(', ')}: nothing here calls such functions`] : []),
    '',
    ...sampleLines(stack),
    'Ctrl-C stops.',
    '',
    '',
  ];
  return lines.join('\n');
}
