import type { StoredSchedule } from '../../src/offer/offer.ts';
import { dateTime, money } from './format.ts';

const WIDTH = 560;
const HEIGHT = 190;
const LEFT = 64;
const BOTTOM = 24;

type PriceChartProps = {
  schedules: readonly StoredSchedule[];
  chosenId: string | null;
  quantity: number | null;
  at: number;
};

/** Price against quantity: a stepped line for each schedule, with the one that applies highlighted. */
export function PriceChart({ schedules, chosenId, quantity, at }: PriceChartProps) {
  const lines = schedules
    .map((schedule) => ({ schedule, steps: stepsOf(schedule, at) }))
    .filter(({ steps }) => steps.length > 0);
  if (lines.length === 0) return <p class="empty">No price has a quantity.</p>;
  const currency =
    (lines.find(({ schedule }) => schedule.id === chosenId) ?? lines[0])?.schedule.currency ?? null;
  const all = lines.flatMap(({ steps }) => steps);
  const most = Math.max(...all.map(({ from }) => from), quantity ?? 1) * 1.25 + 1;
  const dearest = Math.max(...all.map(({ price }) => price)) * 1.1 || 1;
  const x = (value: number) => LEFT + ((value - 1) / (most - 1)) * (WIDTH - LEFT - 8);
  const y = (price: number) => 8 + (1 - price / dearest) * (HEIGHT - BOTTOM - 8);
  const ticks = [...new Set(all.map(({ from }) => from))].sort((a, b) => a - b).slice(0, 12);
  return (
    <svg
      class="chart"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label="Steps of each price schedule"
    >
      {[0, 0.5, 1].map((part) => (
        <g key={part}>
          <line
            class="grid"
            x1={LEFT}
            x2={WIDTH - 8}
            y1={y((dearest / 1.1) * part)}
            y2={y((dearest / 1.1) * part)}
          />
          <text class="axis end" x={LEFT - 8} y={y((dearest / 1.1) * part) + 4}>
            {money(Math.round((dearest / 1.1) * part * 100) / 100, currency)}
          </text>
        </g>
      ))}
      {ticks.map((from) => (
        <text key={from} class="axis middle" x={x(from)} y={HEIGHT - 6}>
          {from}
        </text>
      ))}
      {quantity !== null && quantity >= 1 && (
        <line class="marker" x1={x(quantity)} x2={x(quantity)} y1={8} y2={HEIGHT - BOTTOM} />
      )}
      {lines.map(({ schedule, steps }, index) => (
        <path
          key={schedule.id}
          class={`line line-${index % 5} ${schedule.id === chosenId ? 'chosen' : ''}`}
          d={pathOf(steps, { x, y, most })}
        >
          <title>{schedule.id}</title>
        </path>
      ))}
    </svg>
  );
}

type Step = { from: number; price: number };

function stepsOf(schedule: StoredSchedule, at: number): Step[] {
  const isOn = saleOf(schedule, at) === 'on';
  return schedule.breaks.flatMap(({ from, price, salePrice }) => {
    const charged = isOn ? (salePrice ?? price) : price;
    return charged === null ? [] : [{ from: Math.max(1, from), price: charged }];
  });
}

function pathOf(
  steps: readonly Step[],
  scale: { x(n: number): number; y(n: number): number; most: number },
): string {
  return steps
    .map(({ from, price }, index) => {
      const to = steps[index + 1]?.from ?? scale.most;
      const start = index === 0 ? `M${scale.x(from)} ${scale.y(price)}` : `V${scale.y(price)}`;
      return `${start}H${scale.x(to)}`;
    })
    .join('');
}

type TimelineProps = {
  schedules: readonly (StoredSchedule & { name?: string | null })[];
  at: number;
  now: number;
};

/** The sale windows of each schedule, with marks at now and at the chosen date. */
export function Timeline({ schedules, at, now }: TimelineProps) {
  const rows = schedules.filter(({ saleStart, saleEnd }) => saleStart !== null || saleEnd !== null);
  if (rows.length === 0) return <p class="empty">No price schedule has a sale window.</p>;
  const times = [
    at,
    now,
    ...rows
      .flatMap(({ saleStart, saleEnd }) => [saleStart, saleEnd])
      .filter((time) => time !== null)
      .map((time) => Date.parse(time)),
  ];
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const room = Math.max((last - first) * 0.06, 86_400_000);
  const [from, to] = [first - room, last + room];
  const x = (time: number) => ((time - from) / (to - from)) * WIDTH;
  const height = rows.length * 34 + 30;
  return (
    <svg
      class="chart"
      viewBox={`0 0 ${WIDTH} ${height}`}
      role="img"
      aria-label="Time line of each price schedule"
    >
      {rows.map((schedule, index) => {
        const [start, end] = [
          Date.parse(schedule.saleStart ?? '') || from,
          Date.parse(schedule.saleEnd ?? '') || to,
        ];
        return (
          <g key={schedule.id}>
            <rect
              class={`window ${saleOf(schedule, at)}`}
              x={x(start)}
              y={index * 34 + 16}
              width={Math.max(3, x(end) - x(start))}
              height={12}
              rx={4}
            >
              <title>{`${dateTime(start)} to ${dateTime(end)}`}</title>
            </rect>
            <text class="axis" x={4} y={index * 34 + 11}>
              {schedule.name ?? schedule.id}: {schedule.saleStart ? dateTime(start) : 'always'} to{' '}
              {schedule.saleEnd ? dateTime(end) : 'for ever'}
            </text>
          </g>
        );
      })}
      <line class="now" x1={x(now)} x2={x(now)} y1={0} y2={height - 18} />
      <text class="axis middle" x={clamp(x(now))} y={height - 4}>
        now
      </text>
      {at !== now && <line class="marker" x1={x(at)} x2={x(at)} y1={0} y2={height - 18} />}
      {Math.abs(x(at) - x(now)) > 60 && (
        <text class="axis middle" x={clamp(x(at))} y={height - 4}>
          chosen date
        </text>
      )}
    </svg>
  );
}

/** Whether a schedule's sale is over, on or still to come at a time. */
export function saleOf(
  { saleStart, saleEnd }: { saleStart: string | null; saleEnd: string | null },
  at: number,
): 'none' | 'over' | 'on' | 'later' {
  if (saleStart === null && saleEnd === null) return 'none';
  if (saleStart !== null && at < Date.parse(saleStart)) return 'later';
  return saleEnd !== null && at >= Date.parse(saleEnd) ? 'over' : 'on';
}

function clamp(x: number): number {
  return Math.min(WIDTH - 40, Math.max(40, x));
}
