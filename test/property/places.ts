type Place = Record<string, unknown>;

const stepsOf = (path: string): string[] => (path === '' ? [] : path.replaceAll(']', '').split(/[.[]/));

/** What stands at an issue's path, and what it stands in. Throws where a step before the last leads nowhere. */
export function valueAt(payload: unknown, path: string): { parent: unknown; value: unknown } {
  let parent: unknown = { payload };
  let value: unknown = payload;
  for (const step of stepsOf(path)) {
    if (typeof value !== 'object' || value === null) throw new Error(`${path} leads nowhere at ${step}`);
    parent = value;
    value = Object.hasOwn(value, step) ? (value as Place)[step] : undefined;
  }
  return { parent, value };
}

/** A copy with another value at `path`. An `xp` on the way is not copied: its keys may be anything. */
export function withValueAt(payload: Place, path: string, value: unknown): Place {
  const set = (place: unknown, steps: readonly string[]): unknown => {
    const [step, ...rest] = steps;
    if (step === undefined) return value;
    if (Array.isArray(place))
      return place.map((item, index) => (String(index) === step ? set(item, rest) : item));
    return { ...(place as Place), [step]: set((place as Place)[step], rest) };
  };
  return set(payload, stepsOf(path)) as Place;
}

/** The paths of all that a payload in documented names holds, what is inside an `xp` left out, and nulls. */
export function placesOf(payload: unknown, path = ''): string[] {
  if (typeof payload !== 'object' || payload === null) return [];
  const isList = Array.isArray(payload);
  return Object.entries(payload).flatMap(([key, value]) => {
    if (key === 'xp' || value === null) return [];
    const place = isList ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
    return [place, ...placesOf(value, place)];
  });
}
