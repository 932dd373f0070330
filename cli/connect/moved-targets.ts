import { isDeepStrictEqual } from 'node:util';
import type { Model } from '../ordercloud/model.ts';
import { shownValue } from '../ordercloud/secret-values.ts';
import { presentTarget, type State, type Wanted } from './plan.ts';
import { DESTINATION, type WantedTarget } from './wanted-target.ts';

/** A target that leads elsewhere now and would no longer; `isCertain` is false where OrderCloud does not show it. */
export type MovedTarget = { words: string; isCertain: boolean };

/**
 * Targets that lead elsewhere now, or may, and would no longer. A configuration has one target of a kind, so that
 * somebody else's may be in the place of ours.
 */
export function movedTargets({ deliveryConfig }: State, { targets }: Wanted): MovedTarget[] {
  return targets.flatMap((target) => {
    const present = presentTarget(deliveryConfig, target.name);
    return present === null ? [] : moved(present, target);
  });
}

function moved(present: Model, { name, values }: WantedTarget): MovedTarget[] {
  const shown = (property: string) => `${property} ${shownValue(property, present[property])}`;
  const properties = DESTINATION[name].filter((property) => {
    const former = present[property];
    return values[property] !== undefined && former && !isDeepStrictEqual(former, values[property]);
  });
  // Nearly every hub is called "products": what tells them apart is the namespace, which is in the connection string.
  if (name === 'EventHub' && properties.length === 0 && values.ConnectionString !== undefined) {
    const words = `EventHub (${shown('EventHubName')}, in a namespace that OrderCloud does not show)`;
    return [{ words, isCertain: false }];
  }
  return properties.map((property) => ({ words: `${name} (${shown(property)})`, isCertain: true }));
}
