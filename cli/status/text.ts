import { printable } from '../../src/printable.ts';
import { durationInWords } from '../common/progress.ts';
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

type Line = readonly [name: string, value: string];

/** The screen. `now` is in milliseconds since 1970. */
export function statusText({ orderCloud, app, container, health, checks }: Status, now: number): string {
  const parts: [title: string, lines: readonly Line[]][] = [
    [
      orderCloud.side === null ? 'OrderCloud' : `OrderCloud  ${orderCloud.side.baseUrl}`,
      orderCloud.side === null ? [['missing', orderCloud.problem]] : orderCloudLines(orderCloud.side),
    ],
    [container.side?.isLocal ? 'App of the local stack' : 'App, by the settings here', appLines(app)],
    [
      container.side === null
        ? 'Container'
        : `Container  ${container.side.address} ${container.side.container}`,
      container.side === null ? [['missing', container.problem]] : containerLines(container.side, now),
    ],
  ];
  if (health !== null) parts.push([`Health  ${health.url}`, [['app', health.detail]]]);
  const text = parts.map(([title, lines]) => [title, ...lines.map(lineText)].join('\n')).join('\n\n');
  return checks.length === 0 ? text : `${text}\n\n${checksText(checks)}`;
}

function lineText([name, value]: Line): string {
  return `  ${name.padEnd(14)} ${value}`;
}

function orderCloudLines({ productSync, delivery }: OrderCloudSide): Line[] {
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
    ...(delivery === null ? [] : targetLines(delivery.targets)),
  ];
}

function targetLines({ http, eventHub, kafka, others }: Targets): Line[] {
  const lines: Line[] = [];
  if (http !== null) lines.push(['  Http', printable(http.endpoint, 200)]);
  if (eventHub !== null) lines.push(['  EventHub', printable(eventHub.hub, 100)]);
  if (kafka !== null) lines.push(['  Kafka', printable(`${kafka.topic} at ${kafka.brokers}`, 200)]);
  if (others.length > 0) lines.push(['  others', printable(others.join(', '), 200)]);
  return lines;
}

function appLines({ webhookSecrets, secretProblems, eventHub, kafka, marketplaceId }: AppSide): Line[] {
  const secrets = webhookSecrets === 1 ? 'a secret is set' : `${webhookSecrets} secrets are set`;
  return [
    ['webhooks', webhookSecrets === 0 ? 'no secret: all are refused' : secrets],
    ...secretProblems.map((problem): Line => ['', `! ${problem}: ${REFUSED}`]),
    ['Event Hub', eventHub === null ? 'none' : `${eventHub.hub}, consumer group ${eventHub.consumerGroup}`],
    ['Kafka', kafka === null ? 'none' : `${kafka.topic} at ${kafka.brokers}`],
    ['marketplace', marketplaceId ?? 'not checked'],
  ];
}

function containerLines(side: ContainerSide, now: number): Line[] {
  const count = (number: number) => number.toLocaleString('en-US');
  return [
    ['products', count(side.products)],
    ['tombstones', count(side.tombstones)],
    ['dead letters', count(side.deadLetters)],
    ...side.lastMessages.map(({ transport, id, receivedAt, lagMs }): Line => {
      const ago = durationInWords(now - Date.parse(receivedAt));
      const lag = transport === 'http' ? '' : `, ${(lagMs / 1000).toFixed(1)} s after the broker took it`;
      return [`last ${transport}`, `${ago} ago${lag} (${printable(id, 60)})`];
    }),
    ...(side.lastMessages.length === 0 ? [['last message', 'none yet'] as const] : []),
  ];
}

function checksText(checks: readonly Check[]): string {
  const failing = checks.filter(({ ok }) => !ok).length;
  const title = failing === 0 ? 'Both sides match.' : `${failing} of ${checks.length} checks fail:`;
  const lines = checks.map(({ ok, what, todo }) => `  ${ok ? '✓' : '✗'} ${what}${todo ? `: ${todo}` : ''}`);
  return [title, ...lines].join('\n');
}
