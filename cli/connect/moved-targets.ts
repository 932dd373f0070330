import { isDeepStrictEqual } from 'node:util';
import { shownValue } from '../ordercloud/secret-values.ts';
import { presentTarget, type State, type Wanted } from './plan.ts';
import type { TargetName } from './wanted-target.ts';

/** What says where a target leads. */
const DESTINATION: Readonly<Record<TargetName, readonly string[]>> = {
  Http: ['Endpoint'],
  EventHub: ['EventHubName'],
  Kafka: ['BootstrapServers', 'Topic'],
  SearchIngestion: ['Domain', 'Source', 'Endpoint', 'Entity'],
};

/**
 * Targets that lead elsewhere now and would no longer, as words. A configuration has one target of a kind, so that
 * somebody else's may be in the place of ours.
 */
export function movedTargets({ deliveryConfig }: State, { targets }: Wanted): string[] {
  return targets.flatMap(({ name, values }) => {
    const present = presentTarget(deliveryConfig, name);
    const moved = DESTINATION[name].filter((property) => {
      const former = present?.[property];
      return values[property] !== undefined && former && !isDeepStrictEqual(former, values[property]);
    });
    return moved.map((property) => `${name} (${property} ${shownValue(property, present?.[property])})`);
  });
}
