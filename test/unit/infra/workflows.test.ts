import { access, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parseYaml } from '../../../scripts/infra/check-schemas.ts';
import { readSnapshot, resourcesOf } from './snapshot.ts';

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
type Workflow = { on: Record<string, unknown>; permissions?: Permissions; jobs: Record<string, Job> };

/** What is wrong with a workflow, beyond its being YAML. `scripts` are those of package.json. */
function workflowProblems(source: string, scripts: readonly string[]): string[] {
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

const read = (path: string) => readFile(path, 'utf8');
const ci = await read('.github/workflows/ci.yml');
const deploy = await read('.github/workflows/deploy.yml');
const scripts = Object.keys(JSON.parse(await read('package.json')).scripts);
const azure = parseYaml(await read('azure.yaml')) as {
  services: Record<string, { project: string; host: string; language: string; remoteBuild: boolean }>;
  infra: { path: string; module: string };
  hooks: Record<string, Record<string, { run: string }>>;
  workflows: { up: { steps: { azd: string }[] } };
};

function stepsUsing(source: string, action: string) {
  const jobs = Object.values((parseYaml(source) as Workflow).jobs);
  return jobs.flatMap(({ steps = [] }) => steps).filter(({ uses }) => uses?.startsWith(`${action}@`));
}

describe('the workflows', () => {
  it.each([
    ['ci.yml', ci],
    ['deploy.yml', deploy],
  ])('%s is well-formed, pinned, may read only, and runs scripts that exist', (_, source) => {
    expect(workflowProblems(source, scripts)).toEqual([]);
  });

  it.each([
    [ci, 'npm run demo', 'npm run demonstrate', 'npm run demonstrate does not exist'],
    [ci, /@3d3c42e5\w+/, '@v7', 'actions/checkout@v7 is not pinned'],
    [deploy, /@f5d393ae\w+/, '@v3', 'azure/login@v3 is not pinned'],
    [ci, '    timeout-minutes: 30\n', '', 'has no time limit'],
    [ci, 'permissions:\n  contents: read\n', '', 'the workflow may write'],
    [deploy, 'contents: read', 'contents: write', 'the workflow may write'],
    [deploy, 'id-token: write', 'id-token: write\n      packages: write', 'deploy: may write'],
    [deploy, 'needs: ci', 'needs: tests', 'needs tests, which is no job'],
    [deploy, '"$HEALTH_URL"', '${' + '{ vars.HEALTH_URL }}', 'expression in'],
  ])('are refused with a mistake (%#)', (source, from, to, problem) => {
    const broken = source.replace(from, to);
    expect(broken).not.toBe(source);
    expect(workflowProblems(broken, scripts).join('\n')).toContain(problem);
  });

  it('are refused when they say a thing twice', () => {
    expect(() => parseYaml(`${ci}\njobs: {}\n`)).toThrow(/unique/i);
  });

  it('test on the Node.js that package.json asks for, on the one in Azure, and on the next', () => {
    const { test } = (parseYaml(ci) as Workflow).jobs;
    expect(test?.strategy?.matrix?.node).toEqual([20, 22, 24]);
  });

  it('audit what is shipped, and keep a bill of materials of every build', () => {
    const { check, build } = (parseYaml(ci) as Workflow).jobs;
    expect(check?.steps?.map(({ run }) => run)).toContain('npm audit --omit=dev');
    expect(build?.steps?.map(({ run }) => run)).toContain('npm run sbom');
    const [, release] = stepsUsing(ci, 'actions/upload-artifact');
    expect(release?.with?.path).toContain('dist/sbom.cdx.json');
  });

  it('deploy by OpenID Connect, only in the job that does it, and only what CI has built', () => {
    const { jobs } = parseYaml(deploy) as Workflow;
    expect(jobs.deploy?.permissions).toEqual({ 'id-token': 'write' });
    expect(jobs.deploy?.needs).toBe('ci');
    expect(deploy).not.toMatch(/secrets\./);
    const [uploaded] = stepsUsing(ci, 'actions/upload-artifact');
    const [downloaded] = stepsUsing(deploy, 'actions/download-artifact');
    const [deployed] = stepsUsing(deploy, 'azure/functions-action');
    expect(uploaded?.with).toMatchObject({ name: downloaded?.with?.name, path: azure.services.app?.project });
    expect(deployed?.with).toMatchObject({ package: downloaded?.with?.path, 'remote-build': false });
  });
});

describe('azure.yaml', () => {
  it('deploys the built folder as it is, to the resource that the template tags with the service', async () => {
    expect(azure.services).toEqual({
      app: { project: 'dist/app', language: 'js', host: 'function', remoteBuild: false },
    });
    const [app] = resourcesOf(await readSnapshot('default'), 'Microsoft.Web/sites');
    expect(app?.tags).toMatchObject({ 'azd-service-name': 'app' });
    await access(`${azure.infra.path}/${azure.infra.module}.bicep`);
  });

  it('builds the folder before azd looks into it, whichever command comes first, one after another', () => {
    for (const hook of ['prepackage', 'predeploy']) {
      for (const system of ['posix', 'windows']) {
        expect(azure.hooks[hook]?.[system]?.run, `${hook} on ${system}`).toBe('npm ci && npm run build');
      }
    }
    expect(azure.workflows.up.steps.map(({ azd }) => azd)).toEqual([
      'package --all',
      'provision',
      'deploy --all',
    ]);
  });
});

describe('Dependabot', () => {
  it('looks after the packages and the actions', async () => {
    const { updates } = parseYaml(await read('.github/dependabot.yml')) as {
      updates: { 'package-ecosystem': string; directory: string; schedule: { interval: string } }[];
    };
    expect(
      updates.map((update) => [update['package-ecosystem'], update.directory, update.schedule.interval]),
    ).toEqual([
      ['npm', '/', 'weekly'],
      ['github-actions', '/', 'weekly'],
    ]);
  });
});
