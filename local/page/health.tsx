import { useEffect, useState } from 'preact/hooks';
import type { Health as HealthOfStack, Second, Stack } from './api.ts';
import { Badge } from './controls.tsx';
import { mayLoadPictures, setMayLoadPictures } from './picture.tsx';
import { useAnswer } from './server.ts';

const REFRESH_MS = 2_000;
const BARS = 120;
const SECONDS_PER_BAR = 5;
const [WIDTH, HEIGHT] = [560, 60];

/** The state of the stack: the last ten minutes, the health checks, and the settings. */
export function Health({ stack }: { stack: Stack }) {
  const [looks, setLooks] = useState(0);
  const health = useAnswer<HealthOfStack>('health', looks);
  useEffect(() => {
    const timer = window.setInterval(() => setLooks((count) => count + 1), REFRESH_MS);
    return () => window.clearInterval(timer);
  }, []);
  if (health === null) return <p class="empty">Reading…</p>;
  const { checks, seconds, settings } = health;
  const bars = barsOf(seconds);
  const outcomes = [...new Set(seconds.flatMap((second) => Object.keys(second.outcomes)))].sort();
  return (
    <>
      <section class="card" aria-label="Health checks">
        <h3>Health checks</h3>
        <p>
          {checks.status === 200 ? (
            <Badge kind="active">healthy</Badge>
          ) : (
            <Badge kind="deleted">unhealthy</Badge>
          )}{' '}
          {checks.failing.length > 0 ? `failing: ${checks.failing.join(', ')}` : 'Nothing fails.'} Store:{' '}
          {stack.store}
        </p>
      </section>
      <div class="columns">
        <section class="card">
          <h3>The last ten minutes</h3>
          <Spark
            label="Messages a second"
            unit="a second"
            values={bars.map((bar) => sum(bar, ({ messages }) => messages) / SECONDS_PER_BAR)}
          />
          <Spark
            label="Longest time taken"
            unit="ms"
            values={bars.map((bar) => most(bar, ({ milliseconds }) => milliseconds))}
          />
          <Spark label="Longest lag" unit="ms" values={bars.map((bar) => most(bar, ({ lagMs }) => lagMs))} />
          <Spark
            label="Longest answer of the store"
            unit="ms"
            values={bars.map((bar) => most(bar, ({ storeMs }) => storeMs))}
          />
        </section>
        <section class="card">
          <h3>Outcomes</h3>
          {outcomes.length === 0 && <p class="empty">No message has come in the last ten minutes.</p>}
          {outcomes.map((outcome) => (
            <Spark
              key={outcome}
              label={outcome}
              unit="a second"
              values={bars.map((bar) => sum(bar, ({ outcomes: of }) => of[outcome] ?? 0) / SECONDS_PER_BAR)}
            />
          ))}
        </section>
      </div>
      <section class="card">
        <h3>Settings</h3>
        <dl class="settings">
          {settings.map(({ name, value }) => (
            <div key={name}>
              <dt>
                <code>{name}</code>
              </dt>
              <dd>{value ?? 'set'}</dd>
            </div>
          ))}
        </dl>
        <label class="check">
          <input
            type="checkbox"
            defaultChecked={mayLoadPictures()}
            onChange={({ currentTarget }) => setMayLoadPictures(currentTarget.checked)}
          />{' '}
          Load product pictures from other machines
        </label>
      </section>
    </>
  );
}

/** One value for every five seconds, the oldest first. */
function barsOf(seconds: readonly Second[]): Second[][] {
  const now = Math.floor(Date.now() / 1_000);
  const bars: Second[][] = Array.from({ length: BARS }, () => []);
  for (const second of seconds)
    bars[BARS - 1 - Math.floor((now - second.at) / SECONDS_PER_BAR)]?.push(second);
  return bars;
}

function sum(bar: readonly Second[], value: (second: Second) => number): number {
  return bar.reduce((total, second) => total + value(second), 0);
}

function most(bar: readonly Second[], value: (second: Second) => number | null): number | null {
  const values = bar.map(value).filter((each) => each !== null);
  return values.length === 0 ? null : Math.max(...values);
}

type SparkProps = { label: string; values: readonly (number | null)[]; unit: string };

/** Values of the last ten minutes as bars, with the latest and the largest in words. */
function Spark({ label, values, unit }: SparkProps) {
  const largest = Math.max(0, ...values.map((value) => value ?? 0));
  const width = WIDTH / Math.max(1, values.length);
  const text = `at most ${Math.round(largest * 10) / 10} ${unit}`;
  return (
    <figure class="spark">
      <figcaption>
        {label} <small>{text}</small>
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${label} of the last ten minutes: ${text}`}
      >
        {values.map((value, index) => {
          const height = largest === 0 || value === null ? 0 : (value / largest) * (HEIGHT - 4);
          return (
            <rect
              key={index}
              x={index * width}
              y={HEIGHT - height}
              width={Math.max(1, width - 1)}
              height={height}
            />
          );
        })}
      </svg>
    </figure>
  );
}
