import path from 'node:path';
import { buildApp } from './app/build-app.ts';
import { buildOffer } from './app/build-offer.ts';

const { app, bytes } = await buildApp('dist');
console.log(`${path.relative('.', app)}: ${(bytes / 1e6).toFixed(2)} MB`);

const offer = await buildOffer('dist');
console.log(`${path.join(offer.folder, 'offer.js')}: ${(offer.bytes / 1e3).toFixed(1)} KB`);
