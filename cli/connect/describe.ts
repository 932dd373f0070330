import type { Change } from '../ordercloud/model.ts';
import { shownValue } from '../ordercloud/secret-values.ts';
import type { Plan } from './plan.ts';
import type { WantedTarget } from './wanted-target.ts';

/** The plan for the person who is asked whether to carry it out. */
export function planText(plan: Plan, targets: readonly WantedTarget[]): string {
  const { deliveryConfigId, deliveryConfig, productSync } = plan;
  const origins = originsOf(targets);
  return [
    ...part(`Delivery configuration "${deliveryConfigId}"`, deliveryConfig, origins),
    ...part('Product synchronization', productSync, origins),
  ].join('\n');
}

/** Changes as lines: what is new with +, what becomes something else with ~, what goes with -. */
export function changeLines(
  changes: readonly Change[],
  origins: ReadonlyMap<string, string> = new Map(),
): string[] {
  const width = Math.max(0, ...changes.map(({ path }) => path.length));
  return changes.map(({ path, from, to }) => {
    const name = path.padEnd(width);
    const origin = origins.get(path);
    const source = origin === undefined ? '' : ` (${origin})`;
    if (from === undefined) return `  + ${name}  ${shownValue(path, to)}${source}`;
    if (to === undefined) return `  - ${name}  ${shownValue(path, from)}`;
    return `  ~ ${name}  ${shownValue(path, from)} → ${shownValue(path, to)}${source}`;
  });
}

/** Changes for `--json`, secrets masked. */
export function shownChanges(changes: readonly Change[]): Change[] {
  return changes.map(({ path, from, to }) => {
    const shown = (value: unknown) =>
      value === undefined || typeof value === 'boolean' ? value : shownText(path, value);
    return { path, from: shown(from), to: shown(to) };
  });
}

function shownText(path: string, value: unknown): string {
  const text = shownValue(path, value);
  return text.startsWith('"') ? JSON.parse(text) : text;
}

function part(
  title: string,
  { isNew, changes }: Plan['deliveryConfig'],
  origins: ReadonlyMap<string, string>,
): string[] {
  if (changes.length === 0) return [`${title}: as it should be`];
  return [`${title}: ${isNew ? 'to be created' : 'to be changed'}`, ...changeLines(changes, origins)];
}

function originsOf(targets: readonly WantedTarget[]): Map<string, string> {
  return new Map(
    targets.flatMap(({ name, origins }) =>
      Object.entries(origins).map(([property, origin]) => [`DeliveryTargets.${name}.${property}`, origin]),
    ),
  );
}
