type Place = Record<string, unknown>;

/** The steps of an issue's path: `Specs[0].ID` has `Specs`, `0`, `ID`. */
function stepsOf(path: string): string[] {
  return path === '' ? [] : path.replaceAll(']', '').split(/[.[]/);
}

/** A copy of `payload` with another value at `path`. */
export function withValueAt(payload: object, path: string, value: unknown): Record<string, unknown> {
  return changed(payload, path, (parent, key) => {
    parent[key] = value;
  });
}

/** A copy of `payload` without the property at `path`. */
export function without(payload: object, path: string): Record<string, unknown> {
  return changed(payload, path, (parent, key) => {
    delete parent[key];
  });
}

function changed(payload: object, path: string, change: (parent: Place, key: string) => void): Place {
  const copy = structuredClone(payload) as Place;
  const steps = stepsOf(path);
  const key = steps.pop() ?? '';
  const parent = steps.reduce<Place>((place, step) => place[step] as Place, copy);
  if (!(key in parent)) throw new Error(`The fixture has nothing at ${path}`);
  change(parent, key);
  return copy;
}
