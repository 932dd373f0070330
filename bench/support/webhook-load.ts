import type { Container } from '@azure/cosmos';
import autocannon, { type Options, type Request, type Result } from 'autocannon';
import { LOCAL_WEBHOOK_SECRET } from '../../local/defaults.ts';
import { signatureOf } from '../../src/message/signature.ts';

/** How hard to press, and for how long; without a rate, as fast as the answers come. */
export type Pressure = { connections: number; seconds: number; perSecond?: number };

/** What came of it. Times are in milliseconds, from sending to the end of an answer 200. */
export type Pressed = {
  perSecond: number;
  p50: number;
  p95: number;
  p99: number;
  accepted: number;
  /** Answered 503 with `Retry-After` and the reason `too-many-in-flight`. */
  refused: number;
  /** Anything else: other answers, and requests without one. */
  failed: number;
};

export type WebhookLoad = ReturnType<typeof webhookLoad>;

/**
 * A load of updates over `products` in turn, more than are ever in flight: so two revisions of a product never
 * overtake one another, and the last one acknowledged has to be the one that is stored.
 */
export function webhookLoad(template: Buffer, products: number) {
  const message = JSON.parse(template.toString('utf8'));
  /** The last acknowledged revision of each product. */
  const acknowledged = new Map<string, number>();
  /** Revisions without an answer: a load ends in the middle of some. They may be stored or not. */
  const unanswered = new Set<number>();
  let sent = 0;

  const next = () => {
    const id = `load-${sent % products}`;
    const revision = sent;
    sent += 1;
    const payload = { ...message.Payload, ProductID: id, Name: `revision ${revision}` };
    return { id, revision, body: Buffer.from(JSON.stringify({ ...message, Payload: payload })) };
  };

  return {
    /** How many products it had acknowledged, and how many of them are stored otherwise, and not as a later revision. */
    async compareWith(stored: Container) {
      const { resources } = await stored.items
        .query<{ id: string; name: string }>('SELECT c.id, c.name FROM c')
        .fetchAll();
      const revisions = new Map(resources.map(({ id, name }) => [id, Number(name.replace('revision ', ''))]));
      const isLost = ([id, revision]: [string, number]) => {
        const found = revisions.get(id) ?? -1;
        return found !== revision && !(unanswered.has(found) && found > revision);
      };
      return { products: acknowledged.size, lost: [...acknowledged].filter(isLost).length };
    },
    /** Sends messages, each the next revision of a product, and keeps in mind what was acknowledged. */
    async press(url: string, { connections, seconds, perSecond }: Pressure): Promise<Pressed> {
      const counts = { accepted: 0, refused: 0, failed: 0 };
      const request: Request = {
        setupRequest(raw, context) {
          const { id, revision, body } = next();
          Object.assign(context, { id, revision });
          unanswered.add(revision);
          return {
            ...raw,
            body,
            headers: { ...raw.headers, 'x-oc-hash': signatureOf(body, LOCAL_WEBHOOK_SECRET) },
          };
        },
        // biome-ignore lint/complexity/useMaxParams: as autocannon calls it
        onResponse(status, body, context, headers) {
          const { id, revision } = context as { id: string; revision: number };
          unanswered.delete(revision);
          if (status === 200) {
            counts.accepted += 1;
            acknowledged.set(id, revision);
          } else if (status === 503 && body.includes('"too-many-in-flight"') && hasRetryAfter(headers)) {
            counts.refused += 1;
          } else counts.failed += 1;
        },
      };
      const times: number[] = [];
      const result = await run(
        {
          url,
          method: 'POST',
          connections,
          duration: seconds,
          timeout: 30,
          ...(perSecond && { overallRate: perSecond }),
          requests: [request],
        },
        (status, time) => status === 200 && times.push(time),
      );
      times.sort((a, b) => a - b);
      return {
        ...counts,
        failed: counts.failed + result.errors,
        perSecond: counts.accepted / result.duration,
        p50: percentile(times, 0.5),
        p95: percentile(times, 0.95),
        p99: percentile(times, 0.99),
      };
    },
  };
}

/** autocannon itself tells the 97.5th percentile but not the 95th, and mixes refusals in. */
function run(options: Options, onAnswer: (status: number, milliseconds: number) => void): Promise<Result> {
  return new Promise((resolve, reject) => {
    const instance = autocannon(options, (error, result) => (error ? reject(error) : resolve(result)));
    // biome-ignore lint/complexity/useMaxParams: as autocannon calls it
    instance.on('response', (_client, status, _bytes, milliseconds) => onAnswer(status, milliseconds));
  });
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function hasRetryAfter(headers: object | undefined): boolean {
  return Object.keys(headers ?? {}).some((name) => name.toLowerCase() === 'retry-after');
}
