import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildOffer, packOffer } from '../../scripts/app/build-offer.ts';

const run = promisify(execFile);

/** A storefront's use of the package, as strict as TypeScript can be. */
const STOREFRONT = `
import { DOUBTS, type Offer, offerFor, REASONS, type StoredProduct } from 'ordercloud-product-sync-offer';

const schedule = {
  id: 'retail', currency: 'USD', useCumulativeQuantity: false, restrictedQuantity: false, minQuantity: null,
  maxQuantity: null, saleStart: null, saleEnd: null,
  breaks: [{ from: 1, to: null, price: 12.5, salePrice: null, subscriptionPrice: null, bundlePrice: null }],
};
const product: StoredProduct = {
  id: 'MUG', marketplace: null, ownerId: 'roastery', active: true, isParent: false, parentId: null,
  defaultSupplierId: null, supplierIds: [], buyerIds: ['cafe-uno'], userGroupIds: [], catalogIds: [], categoryIds: [],
  inventory: null, specs: [],
  pricing: { defaultScheduleId: 'retail', schedules: [schedule], parties: [], sellers: [] },
};
const offer: Offer = offerFor(product, { at: Date.now(), buyerId: 'cafe-uno', currency: 'USD', quantity: 3 });
const hidden = offerFor(product, { at: 0, buyerId: 'another' });
const total: number | null = offer.lineSubtotal;
console.log(JSON.stringify({ total, why: hidden.reasons.map((code) => REASONS[code]), doubts: Object.keys(DOUBTS).length }));
`;

let folder: string;
let tarball: string;
let module: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'offer-package-'));
  const built = await buildOffer(folder);
  module = path.join(built.folder, 'offer.js');
  tarball = await packOffer(built);
}, 60_000);
afterAll(() => rm(folder, { recursive: true }));

describe('the package of the offer function', () => {
  it('holds the module, its types, README and licences, and nothing else', async () => {
    const { stdout } = await run('tar', ['-tzf', tarball]);
    expect(stdout.trim().split('\n').sort()).toEqual([
      'package/LICENSE',
      'package/README.md',
      'package/THIRD-PARTY-LICENSES.txt',
      'package/offer.d.ts',
      'package/offer.js',
      'package/package.json',
    ]);
  });

  it('is at most 20 KB, and needs no other module', async () => {
    expect((await stat(module)).size).toBeLessThanOrEqual(20_000);
    expect(await readFile(module, 'utf8')).not.toMatch(/\bimport\b|require\(|process\.|Buffer\b/);
  });

  it('installs into an empty project, where a use of it is type-checked and runs', async () => {
    const project = path.join(folder, 'storefront');
    await mkdir(project);
    await writeFile(path.join(project, 'package.json'), '{"type":"module","private":true}');
    await run('npm', ['install', '--offline', '--no-audit', '--no-fund', tarball], { cwd: project });
    await writeFile(path.join(project, 'storefront.ts'), STOREFRONT);
    const tsc = path.resolve('node_modules/typescript/bin/tsc');
    const strict = ['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess'];
    const language = ['--module', 'nodenext', '--target', 'es2022', '--lib', 'es2022,dom', '--types', ''];
    await run(process.execPath, [tsc, ...strict, ...language, 'storefront.ts'], { cwd: project });
    const { stdout } = await run(process.execPath, ['storefront.js'], { cwd: project });
    expect(JSON.parse(stdout)).toEqual({
      total: 37.5,
      why: ['The product is not assigned to this buyer, nor to a group of the user.'],
      doubts: 12,
    });
  }, 60_000);

  it('refuses a use of it that is wrong', async () => {
    const project = path.join(folder, 'wrong');
    await mkdir(path.join(project, 'node_modules'), { recursive: true });
    await symlink(path.dirname(module), path.join(project, 'node_modules/ordercloud-product-sync-offer'));
    await writeFile(path.join(project, 'wrong.ts'), STOREFRONT.replace('quantity: 3', "quantity: '3'"));
    const tsc = path.resolve('node_modules/typescript/bin/tsc');
    const language = [
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2022',
      '--lib',
      'es2022,dom',
    ];
    const check = run(process.execPath, [tsc, ...language, '--types', '', 'wrong.ts'], { cwd: project });
    await expect(check).rejects.toMatchObject({
      stdout: expect.stringContaining("not assignable to type 'number'"),
    });
  }, 60_000);

  it('runs where there is nothing but JavaScript: no process, no Buffer, no timers', async () => {
    const script = `
      import { createContext, SourceTextModule } from 'node:vm';
      import { readFileSync } from 'node:fs';
      const context = createContext(Object.create(null));
      const module = new SourceTextModule(readFileSync(process.argv[1], 'utf8'), { context });
      await module.link(() => { throw new Error('it imports something'); });
      await module.evaluate();
      const offer = module.namespace.offerFor(null, { at: 0 });
      console.log(JSON.stringify(offer.reasons));
    `;
    const flags = ['--experimental-vm-modules', '--input-type=module', '--no-warnings', '-e', script];
    const { stdout } = await run(process.execPath, [...flags, module]);
    expect(JSON.parse(stdout)).toEqual(['not-found']);
  });
});

it('the export of this package is the same module', async () => {
  const specifier = 'ordercloud-product-sync/offer';
  const { stdout } = await run(process.execPath, [
    '--input-type=module',
    '-e',
    `
    const { offerFor } = await import('${specifier}');
    console.log(offerFor(null, { at: 0 }).found);
  `,
  ]);
  expect(stdout.trim()).toBe('false');
});
