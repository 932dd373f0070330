import { readFile } from 'node:fs/promises';

/** A resource that a deployment would create. Text in brackets is what only a deployment can evaluate. */
export type Resource = {
  id: string;
  type: string;
  name: string;
  properties: Record<string, unknown>;
  tags?: Record<string, string>;
};

/** What a variant of the template would create, as the compiler predicts it. `npm run check:infra` keeps it true. */
export type Snapshot = { resources: Resource[]; outputs: Record<string, string> };

/** The variants of infra/variants. */
export const VARIANTS = ['default', 'everything'] as const;

export async function readSnapshot(variant: (typeof VARIANTS)[number]): Promise<Snapshot> {
  const text = await readFile(`infra/variants/${variant}.snapshot.json`, 'utf8');
  const { predictedResources, outputs } = JSON.parse(text);
  return { resources: predictedResources, outputs };
}

/** All resources of a type, whose names Azure compares without case. */
export function resourcesOf({ resources }: Snapshot, type: string): Resource[] {
  return resources.filter((resource) => resource.type.toLowerCase() === type.toLowerCase());
}

/** The properties of the one resource of a type. @throws where there is none, or more than one */
export function propertiesOf(snapshot: Snapshot, type: string): Record<string, unknown> {
  const [resource, ...others] = resourcesOf(snapshot, type);
  if (resource === undefined || others.length > 0)
    throw new Error(`${others.length + 1} of ${type}, not one`);
  return resource.properties;
}

/** An expression with what it refers to by name only: `cosmos-….documentEndpoint` for a `reference(…)`. */
export function brief(expression: unknown): string {
  return String(expression)
    .replaceAll(/'\/subscriptions\/[^']*\/([^'/]+)'/g, "'$1'")
    .replaceAll(/reference\('([^']+)', '[^']+'\)/g, '$1')
    .replaceAll(/\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\//g, '');
}
