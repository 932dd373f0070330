import { describe, expect, it } from 'vitest';
import { type HealthCheck, healthChecker } from '../../src/health.ts';

/** A clock that a test sets, and checks that a test finishes, in the order they were started. */
function setUp() {
  const clock = { now: 1_000_000 };
  const finish: ((failing: HealthCheck[]) => void)[] = [];
  const check = healthChecker(
    () => new Promise<HealthCheck[]>((resolve) => finish.push(resolve)),
    () => clock.now,
  );
  return { clock, finish, check };
}

describe('health', () => {
  it('is what the checks say', async () => {
    expect(await healthChecker(async () => [])()).toEqual([]);
    expect(await healthChecker(async () => ['cosmos-db', 'products-container-ttl'])()).toEqual([
      'cosmos-db',
      'products-container-ttl',
    ]);
  });

  it('is kept for 5 seconds, good or bad', async () => {
    const { clock, finish, check } = setUp();
    const first = check();
    finish[0]?.(['cosmos-db']);
    expect(await first).toEqual(['cosmos-db']);

    clock.now += 4_999;
    expect(await check()).toEqual(['cosmos-db']);
    expect(finish).toHaveLength(1);

    clock.now += 1;
    const second = check();
    expect(finish).toHaveLength(2);
    finish[1]?.([]);
    expect(await second).toEqual([]);

    clock.now += 4_999;
    expect(await check()).toEqual([]);
    expect(finish).toHaveLength(2);
  });

  it('is not checked before somebody asks', () => {
    expect(setUp().finish).toHaveLength(0);
  });

  it('is checked once for callers side by side', async () => {
    const { finish, check } = setUp();
    const callers = [check(), check(), check()];
    expect(finish).toHaveLength(1);
    finish[0]?.(['cosmos-db']);
    expect(await Promise.all(callers)).toEqual([['cosmos-db'], ['cosmos-db'], ['cosmos-db']]);
  });

  it('is kept for each checker by itself', () => {
    const one = setUp();
    const other = setUp();
    one.check();
    other.check();
    expect([one.finish.length, other.finish.length]).toEqual([1, 1]);
  });
});
