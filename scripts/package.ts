import { writeFile } from 'node:fs/promises';
import { buildApp } from './app/build-app.ts';
import { buildOffer, packOffer } from './app/build-offer.ts';
import { zipFolder } from './app/folder.ts';

// What is zipped is always built anew: an archive of yesterday's build would deploy yesterday.
const ARCHIVE = 'dist/ordercloud-product-sync.zip';
const { app } = await buildApp('dist');
const zip = await zipFolder(app);
await writeFile(ARCHIVE, zip);
console.log(`${ARCHIVE}: ${(zip.length / 1e6).toFixed(2)} MB`);
console.log(await packOffer(await buildOffer('dist')));
