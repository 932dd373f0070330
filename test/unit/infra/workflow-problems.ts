import { parseYaml } from '../../../scripts/infra/check-schemas.ts';

type Step = { uses?: string; run?: string; with?: Record<string, unknown>; env?: Record<string, unknown> };
type Permissions = Record<string, string> | string | undefined;
type Job = {
  uses?: string;
  steps?: Step[];
  permissions?: Permissions;
  needs?: string | string[];
  'timeout-minutes'?: number;
  strategy?: { matrix?: { node?: number[] } };
};

/** A workflow of GitHub Actions, as far as it is looked at here. */
export type Workflow = { on: Record<string, unknown>; permissions?: Permissions; jobs: Record<string, Job> };

/** What is wrong with a workflow, beyond its being YAML. `scripts` are those of package.json. */
export function workflowProblems(source: string, scripts: readonly string[]): string[] {
  const workflow = parseYaml(source) as Workflow;
  const jobs = Object.entries(workflow.jobs);
  return [
    ...(writes(workflow.permissions) ? ['the workflow may write'] : []),
    ...jobs.flatMap(([name, job]) => jobProblems(job, scripts).map((problem) => `${name}: ${problem}`)),
    ...jobs.flatMap(([name, { needs = [] }]) =>
      [needs]
        .flat()
        .filter((other) => !(other in workflow.jobs))
        .map((other) => `${name}: needs ${other}, which is no job`),
    ),
  ];
}

function jobProblems(job: Job, scripts: readonly string[]): string[] {
  const { steps = [], uses } = job;
  const actions = [uses, ...steps.map((step) => step.uses)].filter((action) => action !== undefined);
  const commands = steps.flatMap(({ run }) => run ?? []);
  return [
    ...(uses === undefined && job['timeout-minutes'] === undefined ? ['has no time limit'] : []),
    ...(job.permissions !== undefined && writes(job.permissions, ['id-token']) ? ['may write'] : []),
    ...actions.filter((action) => !isPinned(action)).map((action) => `${action} is not pinned`),
    ...commands.filter((command) => command.includes('${{')).map((command) => `expression in ${command}`),
    ...commands
      .flatMap((command) =>
        [...command.matchAll(/npm run (?:--\S+ )*([\w:-]+)/g)].map(([, script = '']) => script),
      )
      .filter((script) => !scripts.includes(script))
      .map((script) => `npm run ${script} does not exist`),
  ];
}

/** Anything but reading, or no statement at all: then the repository's default holds, which may be writing. */
function writes(permissions: Permissions, allowed: readonly string[] = []): boolean {
  if (typeof permissions !== 'object') return true;
  return Object.entries(permissions).some(([scope, right]) => right !== 'read' && !allowed.includes(scope));
}

/** By commit, whoever made it; workflows of this repository as they are. */
function isPinned(action: string): boolean {
  return /@[0-9a-f]{40}$/.test(action) || action.startsWith('./');
}
