import * as z from 'zod';
import { isJsonObject, type JsonObject } from './json.ts';

/** The property names of one model, in the documented order and by their lower case, and those that contain other models. */
type Names = {
  inOrder: readonly string[];
  properties: ReadonlySet<string>;
  canonical: ReadonlyMap<string, string>;
  models: readonly (readonly [name: string, inside: Names])[];
};

/**
 * Gives a payload, in place, the documented spelling of every property name of the model, as .NET consumers bind: it
 * matches names without case, and an exact match wins, else the last. It does not look at keys inside `xp` and of unknown
 * properties.
 */
export function withModelNames(payload: unknown, schema: z.ZodType): unknown {
  const names = namesOf(schema);
  return names === null ? payload : renamed(payload, names);
}

function renamed(value: unknown, names: Names): unknown {
  if (!Array.isArray(value)) return isJsonObject(value) ? renamedObject(value, names) : value;
  for (let index = 0; index < value.length; index += 1) {
    const item: unknown = value[index];
    // A list in a list is none of the model's, however deep it nests.
    if (isJsonObject(item)) value[index] = renamedObject(item, names);
  }
  return value;
}

function renamedObject(object: JsonObject, names: Names): JsonObject {
  const result = isSpeltAsDocumented(object, names) ? object : respelt(object, names);
  for (const [name, inner] of names.models) {
    if (result[name]) result[name] = renamed(result[name], inner);
  }
  return result;
}

function isSpeltAsDocumented(object: JsonObject, { inOrder, properties, canonical }: Names): boolean {
  let place = 0;
  for (const key in object) {
    // Most properties come in the documented order: that is seen sooner than that they are in a set.
    const isInPlace = key === inOrder[place];
    place += 1;
    if (!isInPlace && !properties.has(key) && canonical.has(key.toLowerCase())) return false;
  }
  return true;
}

/** Takes only the model's own properties: the others are dropped later in any case. */
function respelt(object: JsonObject, { canonical }: Names): JsonObject {
  const result: JsonObject = {};
  for (const key of Object.keys(object)) {
    const name = canonical.get(key.toLowerCase());
    if (name !== undefined && (key === name || !Object.hasOwn(object, name))) result[name] = object[key];
  }
  return result;
}

const cache = new WeakMap<z.ZodType, Names>();

function namesOf(schema: z.ZodType): Names | null {
  const object = modelIn(schema);
  if (object === null) return null;
  const known = cache.get(object);
  if (known !== undefined) return known;
  const properties = Object.keys(object.shape);
  const names: Names = {
    inOrder: properties,
    properties: new Set(properties),
    canonical: new Map(properties.map((name) => [name.toLowerCase(), name])),
    models: Object.entries(object.shape).flatMap(([name, property]) => {
      const inside = namesOf(property as z.ZodType);
      return inside === null ? [] : [[name, inside] as const];
    }),
  };
  cache.set(object, names);
  return names;
}

/** The model inside a nullish property, a list or a union. */
export function modelIn(schema: z.ZodType): z.ZodObject | null {
  if (schema instanceof z.ZodObject) return schema;
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) {
    return modelIn(schema.unwrap() as z.ZodType);
  }
  if (schema instanceof z.ZodArray) return modelIn(schema.element as z.ZodType);
  if (schema instanceof z.ZodUnion) {
    const models = schema.options.map((option) => modelIn(option as z.ZodType));
    return models.find((model) => model !== null) ?? null;
  }
  return null;
}
