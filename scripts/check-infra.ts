import { parseArgs } from 'node:util';
import { findBicep, PINNED_VERSION } from './infra/bicep.ts';
import { checkSchemas } from './infra/check-schemas.ts';
import { checkTemplate, writeSnapshots } from './infra/check-template.ts';

// npm run check:infra: the Bicep compiler and its linter over infra/, what the template would create against its
// snapshots, and azure.yaml, host.json and the workflows against their schemas. With --pinned the compiler must be there,
// in the version that the snapshots were made with. npm run infra:snapshot first writes what each variant of the template
// would create, for review beside the change itself.
const { pinned, write } = parseArgs({
  options: { pinned: { type: 'boolean', default: false }, write: { type: 'boolean', default: false } },
}).values;

const problems = await checkSchemas('.');
console.log(`azure.yaml, host.json, workflows: ${problems.length} problems`);

const bicep = await findBicep({ pinned });
if (bicep !== null) {
  if (write) {
    // What does not compile is among the findings below.
    const files = await writeSnapshots(bicep, 'infra').catch(() => []);
    for (const file of files) console.log(`${file} written`);
  }
  const { errors, warnings } = await checkTemplate(bicep, 'infra');
  problems.push(...errors, ...warnings);
  console.log(`infra/, by Bicep ${bicep.version}: ${errors.length} errors, ${warnings.length} warnings`);
  if (errors.length > 0 && bicep.version !== PINNED_VERSION) {
    console.log(`The snapshots are of Bicep ${PINNED_VERSION}: try --pinned`);
  }
} else if (pinned) {
  problems.push('The Bicep compiler is not here: --pinned needs the .NET SDK.');
} else {
  console.log('infra/: skipped, because neither Bicep nor the .NET SDK, which brings it, is on this machine');
}

for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
