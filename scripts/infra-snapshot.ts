import { findBicep } from './infra/bicep.ts';
import { writeSnapshots } from './infra/check-template.ts';

// npm run infra:snapshot: writes what each variant of the template would create, for review beside the change itself.
const bicep = await findBicep({ pinned: true });
if (bicep === null) {
  console.error(
    'error: snapshots need the .NET SDK, which brings the Bicep compiler that they are made with',
  );
  process.exitCode = 1;
} else {
  for (const file of await writeSnapshots(bicep, 'infra')) console.log(`${file} written`);
}
