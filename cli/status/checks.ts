import { PRODUCT_DELETED, PRODUCT_UPDATED } from '../../src/message/message-type.ts';
import { printable } from '../../src/printable.ts';
import { countOf } from '../common/text.ts';
import { httpUrl, isWebhookUrl, WEBHOOK_ROUTE } from '../common/url.ts';
import type { Health } from './health.ts';
import type { AppSide, OrderCloudSide, Targets } from './sides.ts';

/** One thing that must hold, and what to do if it does not. */
export type Check = { ok: boolean; what: string; todo?: string };

const CONNECT = 'ordercloud-product-sync connect';

/**
 * Whether the app takes what OrderCloud sends, and where it sends it. OrderCloud shows no secrets: only a message can show
 * that both sides hold the same one.
 */
export function checksFor({ productSync, delivery }: OrderCloudSide, app: AppSide): Check[] {
  if (productSync === null) {
    return [check(false, 'product sync is configured', `${CONNECT} http, eventhub or kafka`)];
  }
  const patch = 'ordercloud-product-sync sync-config patch';
  const checks = [
    check(productSync.changed, 'changed products are sent', `${patch} SyncProductChanged=true`),
    check(productSync.deleted, 'deleted products are sent', `${patch} SyncProductDeleted=true`),
    check(!productSync.paused, 'it is not paused', 'ordercloud-product-sync resume'),
  ];
  const id = productSync.deliveryConfigId;
  if (delivery === null) {
    return [...checks, check(false, `the delivery configuration ${id ?? '(none named)'} exists`, CONNECT)];
  }
  return [
    ...checks,
    check(
      delivery.enabled,
      `the delivery configuration ${id} is enabled`,
      `${CONNECT}, or enable it in the portal`,
    ),
    ...targetChecks(delivery.targets, app),
  ];
}

/** Messages that are ignored although they were probably meant for this app: types are compared exactly. */
export function typeChecks(nearMisses: Health['nearMisses']): Check[] {
  const what = 'no type of a message is nearly a product type';
  return nearMisses.map(({ type, count }) => {
    const todo = `${countOf(count, 'message')} of the type "${printable(type, 100)}" ignored since the worker started; its sender must send ${PRODUCT_UPDATED} or ${PRODUCT_DELETED} exactly`;
    return check(false, what, todo);
  });
}

function targetChecks({ http, eventHub, kafka }: Targets, app: AppSide): Check[] {
  const checks = [
    ...(http ? webhookChecks(http.endpoint, app) : []),
    ...(eventHub ? [hubCheck(`the app reads the Event Hub "${eventHub.hub}"`, eventHub.hub, app)] : []),
    ...(kafka ? [kafkaCheck(kafka, app)] : []),
  ];
  if (checks.length > 0) return checks;
  return [check(false, 'a target is this app', `${CONNECT} http, eventhub or kafka`)];
}

function webhookChecks(endpoint: string, app: AppSide): Check[] {
  const url = httpUrl(endpoint);
  return [
    check(
      url !== null && isWebhookUrl(url),
      `the webhook's address ends in ${WEBHOOK_ROUTE}`,
      `at another address the host may answer 200 and drop the messages: ${CONNECT} http`,
    ),
    check(
      app.webhookSecrets > 0,
      'the app has a webhook secret',
      'set ORDERCLOUD_WEBHOOK_SECRETS to the Secret of the delivery configuration',
    ),
  ];
}

function hubCheck(what: string, hub: string, { eventHub }: AppSide): Check {
  const todo =
    eventHub === null
      ? 'set EventHubConnection, or EventHubConnection__fullyQualifiedNamespace'
      : `EVENT_HUB_NAME is "${eventHub.hub}": change it, or name it by ${CONNECT}`;
  return check(eventHub?.hub === hub, what, todo);
}

/** The host that serves an Event Hub by Kafka's protocol, always at this port; in clouds of their own, too. */
const EVENT_HUBS_BROKER = /^([\w-]+\.servicebus\.[\w.]+):9093$/i;

/** docs/ordercloud.md advises an Event Hub that is a Kafka topic to OrderCloud, and an Event Hub to the app. */
function kafkaCheck({ brokers, topic }: NonNullable<Targets['kafka']>, app: AppSide): Check {
  const { eventHub, kafka } = app;
  const namespace = EVENT_HUBS_BROKER.exec(brokers)?.[1]?.toLowerCase();
  if (kafka?.topic === topic || namespace === undefined || (eventHub === null && kafka !== null)) {
    const todo =
      kafka === null
        ? 'set KAFKA_BROKERS and KAFKA_TOPIC'
        : `KAFKA_TOPIC is "${kafka.topic}": change it, or ${CONNECT} kafka`;
    return check(kafka?.topic === topic, `the app reads the Kafka topic "${topic}"`, todo);
  }
  const what = `the app reads the Event Hub "${topic}" of ${namespace}, Kafka to OrderCloud`;
  const own = eventHub?.namespace ?? namespace;
  if (own === namespace) return hubCheck(what, topic, app);
  return check(false, what, `EventHubConnection is of ${own}: change it, or ${CONNECT} kafka`);
}

function check(ok: boolean, what: string, todo: string): Check {
  return ok ? { ok, what } : { ok, what, todo };
}
