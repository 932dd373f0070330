import * as z from 'zod';
import { describeFound, type Issue, MAX_ISSUES } from './issue.ts';
import { isJsonObject } from './json.ts';
import { modelIn, withModelNames } from './model-names.ts';

export type Validated<Message> = { ok: true; message: Message } | { ok: false; issues: Issue[] };

/**
 * Validates a payload. A valid one takes one pass of the compiled schema. Only an invalid one is then checked piece by
 * piece, with the same schema, up to `MAX_ISSUES`: zod itself would collect an issue for every item of a hostile list
 * before anything could stop it.
 */
export function validate<Schema extends z.ZodObject>(
  schema: Schema,
  payload: unknown,
): Validated<z.output<Schema>> {
  const named = withModelNames(payload, schema);
  const message = compiledOf(schema).parse(named) as z.output<Schema> | null;
  if (message !== null) return { ok: true, message };
  const issues: Issue[] = [];
  collectIssues({ schema, value: named, path: '' }, issues);
  return { ok: false, issues };
}

/** Parses a value in one pass; null if it is invalid, or a null of a list, which counts as absent. */
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

/** A value, what it should be, and where it stands in the payload. */
type Checked = { schema: z.ZodType; value: unknown; path: string };

function collectIssues({ schema, value, path }: Checked, issues: Issue[]): void {
  if (issues.length >= MAX_ISSUES) return;
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) {
    if (value === undefined || value === null) return;
    collectIssues({ schema: schema.unwrap() as z.ZodType, value, path }, issues);
  } else if (schema instanceof z.ZodObject && isJsonObject(value)) {
    for (const [name, property] of Object.entries(schema.shape)) {
      const inner = path === '' ? name : `${path}.${name}`;
      collectIssues({ schema: property as z.ZodType, value: value[name], path: inner }, issues);
    }
  } else if (schema instanceof z.ZodArray && Array.isArray(value)) {
    const element = schema.element as z.ZodType;
    const compiled = compiledOf(element);
    for (let index = 0; index < value.length && issues.length < MAX_ISSUES; index += 1) {
      // Very many valid items may stand before a wrong one: they take only a pass of the compiled schema.
      if (compiled.parse(value[index]) !== null) continue;
      collectIssues({ schema: element, value: value[index], path: `${path}[${index}]` }, issues);
    }
  } else {
    const model = schema instanceof z.ZodUnion && isJsonObject(value) ? modelIn(schema) : null;
    if (model !== null) collectIssues({ schema: model, value, path }, issues);
    else if (!schema.safeParse(value).success)
      issues.push({ path, expected: schema.description ?? 'another value', found: describeFound(value) });
  }
}
