import { z } from 'zod';
import type { Answer } from '../../src/receive/problem.ts';
import { DeadLetter } from '../../src/store/dead-letter.ts';

/** One way to refuse: its reason, the component that its body follows, and the answer that the code gives. */
export type DocumentedProblem = {
  reason: string;
  schema: keyof typeof PROBLEM_SCHEMAS;
  answer: Pick<Answer, 'status' | 'headers'>;
};

/** Members that every problem has (RFC 9457). */
const MEMBERS = {
  type: { const: 'about:blank' },
  title: { type: 'string' },
  status: { type: 'integer' },
  detail: { type: 'string', description: 'For people. Never quotes the body.' },
  reason: { type: 'string', description: 'For programs.' },
};

const { $schema: _, ...issueList } = z.toJSONSchema(DeadLetter.shape.issues);
const issues = {
  ...issueList,
  maxItems: 50,
  description: 'Every wrong value; at most 40 characters of it.',
};

/** The bodies of refusals, as components. */
export const PROBLEM_SCHEMAS = {
  Refusal: {
    description:
      'The app refused the request before it read the message, or could not store the message in time.',
    ...object(MEMBERS),
  },
  Rejection: {
    description: 'A message that cannot be processed. It is kept as a dead letter.',
    ...object({
      ...MEMBERS,
      productId: { type: ['string', 'null'] },
      issues,
      deadLetterId: { type: 'string', pattern: '^[0-9a-f]{64}$' },
    }),
  },
  InvalidRequest: {
    description: 'A request for offers that is not valid.',
    ...object({ ...MEMBERS, issues }),
  },
};

/** Responses by status. Statuses, reasons and headers are those of the answers. */
export function problemResponses(
  problems: readonly DocumentedProblem[],
  descriptions: Readonly<Record<number, string>>,
): Record<string, object> {
  const statuses = [...new Set(problems.map(({ answer }) => answer.status))].sort((a, b) => a - b);
  return Object.fromEntries(
    statuses.map((status) => {
      const ofStatus = problems.filter(({ answer }) => answer.status === status);
      return [String(status), { description: descriptions[status], ...responseOf(status, ofStatus) }];
    }),
  );
}

function responseOf(status: number, problems: readonly DocumentedProblem[]): object {
  const valuesOf = (name: string) => [
    ...new Set(problems.flatMap(({ answer }) => answer.headers[name] ?? [])),
  ];
  const seconds = valuesOf('retry-after').map(Number);
  const challenges = valuesOf('www-authenticate');
  const headers = {
    ...(seconds.length > 0 && {
      'retry-after': {
        required: true,
        description: 'Seconds.',
        schema: { type: 'integer', enum: seconds.sort((a, b) => a - b) },
      },
    }),
    ...(challenges.length > 0 && { 'www-authenticate': { required: true, schema: { enum: challenges } } }),
  };
  const schemas = [...new Set(problems.map(({ schema }) => schema))].map((schema) => {
    const reasons = problems.filter((problem) => problem.schema === schema).map(({ reason }) => reason);
    return {
      allOf: [ref(schema), { properties: { status: { const: status }, reason: { enum: reasons } } }],
    };
  });
  return {
    ...(Object.keys(headers).length > 0 && { headers }),
    content: {
      'application/problem+json': { schema: schemas.length === 1 ? schemas[0] : { oneOf: schemas } },
    },
  };
}

/** All of `required`, any of `optional`, and no other property. */
export function object(required: Record<string, object>, optional: Record<string, object> = {}): object {
  return {
    type: 'object',
    properties: { ...required, ...optional },
    required: Object.keys(required),
    additionalProperties: false,
  };
}

export function ref(schema: string): { $ref: string } {
  return { $ref: `#/components/schemas/${schema}` };
}
