import path from 'node:path';
import { buildApp } from './app/build-app.ts';

const { app, bytes } = await buildApp('dist');
console.log(`${path.relative('.', app)}: ${(bytes / 1e6).toFixed(2)} MB`);
