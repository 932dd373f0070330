import { isDeepStrictEqual } from 'node:util';

/** A model of OrderCloud's. It may hold more than this program knows. */
export type Model = Readonly<Record<string, unknown>>;

/** One value that differs, or is to be changed. `from` or `to` is undefined where there is none. */
export type ModelChange = {
  path: string;
  from: unknown;
  to: unknown;
  /** Where a new secret comes from: `from FUNCTIONS_KEY`. */
  origin?: string;
};

/** Every value by its path (`DeliveryTargets.Http.Endpoint`). A list is one value; null means absent. */
export function leavesOf(model: Model | null, prefix = ''): Map<string, unknown> {
  const leaves = new Map<string, unknown>();
  for (const [name, value] of Object.entries(model ?? {})) {
    if (value === null || value === undefined) continue;
    const path = `${prefix}${name}`;
    if (!isModel(value)) leaves.set(path, value);
    else for (const [inner, leaf] of leavesOf(value, `${path}.`)) leaves.set(inner, leaf);
  }
  return leaves;
}

/** What changed from one model to another, by path. */
export function changesBetween(former: Model | null, latter: Model | null): ModelChange[] {
  const [from, to] = [leavesOf(former), leavesOf(latter)];
  return [...new Set([...from.keys(), ...to.keys()])]
    .map((path) => ({ path, from: from.get(path), to: to.get(path) }))
    .filter((change) => !isDeepStrictEqual(change.from, change.to));
}

/** The model with just these values. One that is to go is null, which removes it in a PATCH. */
export function modelOf(changes: readonly ModelChange[]): Model {
  const model: Record<string, unknown> = {};
  for (const { path, to } of changes) {
    const names = path.split('.');
    const last = names.pop() ?? '';
    let at = model;
    for (const name of names) {
      const inner = (at[name] ?? {}) as Record<string, unknown>;
      at[name] = inner;
      at = inner;
    }
    at[last] = to ?? null;
  }
  return model;
}

export function isModel(value: unknown): value is Model {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A property's text; undefined where it has none. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
