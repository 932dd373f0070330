import { findBicep } from './infra/bicep.ts';
import { writeSnapshots } from './infra/check-template.ts';

// npm run infra:snapshot: writes what each variant of the template would create, for review beside the change itself.
try {
  const bicep = await findBicep({ pinned: true });
  if (bicep === null)
    throw new Error('snapshots need the .NET SDK, which brings the compiler they are made with');
  for (const file of await writeSnapshots(bicep, 'infra')) console.log(`${file} written`);
} catch (error) {
  console.error(`error: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
