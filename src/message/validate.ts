import * as z from 'zod';
import { describeFound, type Issue, MAX_ISSUES } from './issue.ts';
import { isJsonObject, MAX_DEPTH } from './json.ts';
import { withModelNames } from './model-names.ts';
import { extendedProperties } from './scalars.ts';

export type Validated<Message> = { ok: true; message: Message } | { ok: false; issues: Issue[] };

/**
 * Makes a validator of one model. A valid payload takes one pass of the compiled schema. Only an invalid one is
 * then walked piece by piece, with the same schema, until `MAX_ISSUES` are found: zod itself would collect an
 * issue for every item of a hostile list before it could be stopped.
 */
export function validatorOf<Schema extends z.ZodObject>(schema: Schema) {
  return (payload: unknown, isTame: boolean): Validated<z.output<Schema>> => {
    const look: Look = isTame ? 'tame' : lookThrough(payload, MAX_DEPTH);
    if (look === 'too deep') return { ok: false, issues: [tooDeep(payload)] };
    const named = withModelNames(payload, schema);
    const message = compiledOf(schema).parse(named) as z.output<Schema> | null;
    if (message !== null && hasFiniteNumbers(message, look)) return { ok: true, message };
    const issues: Issue[] = [];
    collectIssues(schema, named, '', { issues, look });
    return { ok: false, issues };
  };
}

/** Makes of a value what the schema makes of it, in one pass; null of an invalid one. No model and no item of a list is null. */
function compiledOf(schema: z.ZodType): z.ZodType {
  const known = compiledSchemas.get(schema);
  if (known !== undefined) return known;
  // The second option makes the union total, so that the compiled pass answers «invalid» without zod's own
  // collecting of issues.
  const compiled = z.compile(z.union([schema, z.unknown().transform(() => null)]), { strict: true });
  compiledSchemas.set(schema, compiled);
  return compiled;
}

/** Compiled when they are first needed: compiling takes a good part of the app's start otherwise. */
const compiledSchemas = new WeakMap<z.ZodType, z.ZodType>();

/** The compiled schema takes any xp: numbers that are not finite are so rare that they are looked for only here. */
function hasFiniteNumbers(output: unknown, look: Look): boolean {
  return look === 'tame' || lookThrough(output, MAX_DEPTH) === 'tame';
}

/** The issues found so far, and what was found in the whole payload before. */
type Findings = { issues: Issue[]; look: Look };

function collectIssues(schema: z.ZodType, value: unknown, path: string, findings: Findings): void {
  const { issues, look } = findings;
  if (issues.length >= MAX_ISSUES) return;
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) {
    if (value !== undefined && value !== null)
      collectIssues(schema.unwrap() as z.ZodType, value, path, findings);
  } else if (schema instanceof z.ZodObject && isJsonObject(value)) {
    for (const [name, property] of Object.entries(schema.shape)) {
      collectIssues(property as z.ZodType, value[name], path === '' ? name : `${path}.${name}`, findings);
    }
  } else if (schema instanceof z.ZodArray && Array.isArray(value)) {
    const element = schema.element as z.ZodType;
    const compiled = compiledOf(element);
    for (let index = 0; index < value.length && issues.length < MAX_ISSUES; index += 1) {
      // Before a wrong item there may be very many that are not: they take a pass of the compiled schema, no more.
      const output = compiled.parse(value[index]);
      if (output === null || !hasFiniteNumbers(output, look))
        collectIssues(element, value[index], `${path}[${index}]`, findings);
    }
  } else if (schema instanceof z.ZodUnion && isJsonObject(value)) {
    const model = schema.options.find((option) => option instanceof z.ZodObject);
    if (model !== undefined) collectIssues(model, value, path, findings);
    else addIssueUnlessValid(schema, value, path, issues);
  } else {
    addIssueUnlessValid(schema, value, path, issues);
  }
}

function addIssueUnlessValid(schema: z.ZodType, value: unknown, path: string, issues: Issue[]): void {
  const isValid =
    schema === extendedProperties
      ? lookThrough(value, MAX_DEPTH) !== 'infinite numbers'
      : schema.safeParse(value).success;
  if (isValid) return;
  issues.push({ path, expected: schema.description ?? 'another value', found: describeFound(value) });
}

function tooDeep(payload: unknown): Issue {
  return {
    path: '',
    expected: `at most ${MAX_DEPTH} levels of nesting`,
    found: `${describeFound(payload)} with more`,
  };
}

/** What a walk through a payload finds; numbers that JSON cannot hold matter in an xp only. */
type Look = 'tame' | 'infinite numbers' | 'too deep';

/** Looks for more than `limit` levels of nesting, and for numbers that are not finite. It recurses no further than that. */
function lookThrough(value: unknown, limit: number): Look {
  if (typeof value === 'number') return Number.isFinite(value) ? 'tame' : 'infinite numbers';
  if (typeof value !== 'object' || value === null) return 'tame';
  if (limit === 0) return 'too deep';
  let look: Look = 'tame';
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) {
      const inside = lookThrough(value[index], limit - 1);
      if (inside === 'too deep') return inside;
      if (inside !== 'tame') look = inside;
    }
    return look;
  }
  // `value` comes from JSON: every enumerable property is its own.
  for (const key in value) {
    const inside = lookThrough((value as Record<string, unknown>)[key], limit - 1);
    if (inside === 'too deep') return inside;
    if (inside !== 'tame') look = inside;
  }
  return look;
}
