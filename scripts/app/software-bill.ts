import { z } from 'zod';

const Component = z.looseObject({
  name: z.string(),
  version: z.string(),
  scope: z.string().optional(),
  properties: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
});

const Bill = z.looseObject({
  bomFormat: z.literal('CycloneDX'),
  specVersion: z.string(),
  metadata: z.looseObject({ component: Component }),
  components: z.array(Component),
});

const DEVELOPMENT = 'cdx:npm:package:development';

/**
 * What `npm sbom` wrote, fit to be kept: development packages are marked as excluded from what is deployed, the name is
 * the project's and not its folder's, and without time and random number the same lock file gives the same bill.
 */
export function toSoftwareBill(written: string, name: string): string {
  const { serialNumber: _, ...bill } = Bill.parse(JSON.parse(written));
  const { timestamp: __, ...metadata } = bill.metadata;
  const components = bill.components.map((component) => ({
    ...component,
    scope: component.properties.some((property) => property.name === DEVELOPMENT) ? 'excluded' : 'required',
  }));
  const project = { ...metadata.component, type: 'application', name };
  return `${JSON.stringify({ ...bill, metadata: { ...metadata, component: project }, components }, null, 2)}\n`;
}
