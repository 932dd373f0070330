import { printable } from '../../src/printable.ts';
import { agoText, factLines } from '../common/text.ts';
import type { Check } from './checks.ts';
import type { Health } from './health.ts';
import type { AppSide, ContainerSide, OrderCloudSide, Targets } from './sides.ts';

/** A side that could be read, or why not. */
export type SideOrProblem<Side> = { problem: null; side: Side } | { problem: string; side: null };

/** Everything that one screen shows. */
export type Status = {
  orderCloud: SideOrProblem<OrderCloudSide & { baseUrl: string }>;
  app: AppSide;
  container: SideOrProblem<ContainerSide>;
  /** Null where nobody knows the app's address. */
  health: Health | null;
  checks: Check[];
};

const REFUSED = 'the likely cause if webhooks are refused';

type Fact = readonly [name: string, value: string];

/** The screen. `now` is in milliseconds since 1970. */
export function statusText({ orderCloud, app, container, health, checks }: Status, now: number): string {
  const parts = [
    orderCloud.side === null
      ? part('OrderCloud', [['missing', orderCloud.problem]])
      : part(`OrderCloud  ${orderCloud.side.baseUrl}`, orderCloudFacts(orderCloud.side)),
    part(container.side?.isLocal ? 'App of the local stack' : 'App, by the settings here', appFacts(app)),
    container.side === null
      ? part('Container', [['missing', container.problem]])
      : part(
          `Container  ${container.side.address} ${container.side.container}`,
          containerFacts(container.side, now),
        ),
    health === null ? '' : part(`Health  ${health.url}`, [['app', health.detail]]),
    checks.length === 0 ? '' : checksText(checks),
  ];
  return parts.filter((text) => text !== '').join('\n\n');
}

/** As wide as the longest name, so that all parts line up. */
const NAME_WIDTH = 'last eventhub'.length;

function part(title: string, facts: readonly Fact[]): string {
  return [title, ...factLines(facts, NAME_WIDTH)].join('\n');
}

function orderCloudFacts({ productSync, delivery }: OrderCloudSide): Fact[] {
  if (productSync === null) return [['product sync', 'not configured']];
  const { changed, deleted, paused, excludesPrices, deliveryConfigId } = productSync;
  const sent = [changed ? 'changed' : '', deleted ? 'deleted' : ''].filter((each) => each !== '');
  const what = sent.length === 0 ? 'sends nothing' : `sends ${sent.join(' and ')} products`;
  const prices = excludesPrices ? 'without prices' : 'with prices';
  const id = printable(deliveryConfigId ?? 'none', 100);
  return [
    ['product sync', `${what}, ${prices}${paused ? '; PAUSED' : ''}`],
    [
      'delivery',
      delivery === null ? `${id}: there is none` : `${id}, ${delivery.enabled ? 'enabled' : 'NOT enabled'}`,
    ],
    ...(delivery === null ? [] : targetFacts(delivery.targets)),
  ];
}

function targetFacts({ http, eventHub, kafka, others }: Targets): Fact[] {
  return [
    ['  Http', printable(http?.endpoint ?? '', 200)],
    ['  EventHub', printable(eventHub?.hub ?? '', 100)],
    ['  Kafka', kafka === null ? '' : printable(`${kafka.topic} at ${kafka.brokers}`, 200)],
    ['  others', printable(others.join(', '), 200)],
  ];
}

function appFacts({ webhookSecrets, secretProblems, eventHub, kafka, marketplaceId }: AppSide): Fact[] {
  const secrets = webhookSecrets === 1 ? 'a secret is set' : `${webhookSecrets} secrets are set`;
  return [
    ['webhooks', webhookSecrets === 0 ? 'no secret: all are refused' : secrets],
    ...secretProblems.map((problem): Fact => ['', `! ${problem}: ${REFUSED}`]),
    ['Event Hub', eventHub === null ? 'none' : `${eventHub.hub}, consumer group ${eventHub.consumerGroup}`],
    ['Kafka', kafka === null ? 'none' : `${kafka.topic} at ${kafka.brokers}`],
    ['marketplace', marketplaceId ?? 'not checked'],
  ];
}

function containerFacts(side: ContainerSide, now: number): Fact[] {
  const count = (number: number) => number.toLocaleString('en-US');
  return [
    ['products', count(side.products)],
    ['tombstones', count(side.tombstones)],
    ['dead letters', count(side.deadLetters)],
    ...side.lastMessages.map(({ transport, id, receivedAt, lagMs }): Fact => {
      const lag = transport === 'http' ? '' : `, ${(lagMs / 1000).toFixed(1)} s after the broker took it`;
      return [`last ${transport}`, `${agoText(receivedAt, now)}${lag} (${printable(id, 60)})`];
    }),
    ['last message', side.lastMessages.length === 0 ? 'none yet' : ''],
  ];
}

function checksText(checks: readonly Check[]): string {
  const failing = checks.filter(({ ok }) => !ok).length;
  const title = failing === 0 ? 'Both sides match.' : `${failing} of ${checks.length} checks fail:`;
  const lines = checks.map(({ ok, what, todo }) => `  ${ok ? '✓' : '✗'} ${what}${todo ? `: ${todo}` : ''}`);
  return [title, ...lines].join('\n');
}
