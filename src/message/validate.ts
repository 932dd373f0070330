import * as z from 'zod';
import { describeFound, type Issue, MAX_ISSUES } from './issue.ts';
import { isJsonObject, MAX_DEPTH } from './json.ts';
import { withModelNames } from './model-names.ts';
import { extendedProperties } from './scalars.ts';

export type Validated<Message> = { ok: true; message: Message } | { ok: false; issues: Issue[] };

/**
 * Makes a validator of one model. A valid payload takes one pass of the compiled schema. Only an invalid one is then
 * checked piece by piece, with the same schema, up to `MAX_ISSUES`: zod itself would collect an issue for every item of a
 * hostile list before anything could stop it.
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

/** Parses a value in one pass; null if it is invalid. No model and no item of a list is null. */
function compiledOf(schema: z.ZodType): z.ZodType {
  const known = compiledSchemas.get(schema);
  if (known !== undefined) return known;
  // The second option makes the union total: so the compiled pass answers «invalid», and zod collects no issues.
  const compiled = z.compile(z.union([schema, z.unknown().transform(() => null)]), { strict: true });
  compiledSchemas.set(schema, compiled);
  return compiled;
}

/** Compiled on first use: otherwise compiling takes a good part of the app's start. */
const compiledSchemas = new WeakMap<z.ZodType, z.ZodType>();

/** The compiled schema accepts any xp. Numbers that are not finite are so rare that only this looks for them. */
function hasFiniteNumbers(output: unknown, look: Look): boolean {
  return look === 'tame' || lookThrough(output, MAX_DEPTH) === 'tame';
}

/** The issues found so far, and what the walk through the whole payload found before. */
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
      // Very many valid items may stand before a wrong one: they take only a pass of the compiled schema.
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

/** What a walk through a payload finds. Numbers that JSON cannot represent matter only in an xp. */
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
