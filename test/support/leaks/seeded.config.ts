import { defineConfig } from 'vitest/config';
import config from '../../../vitest.config.ts';

const { projects: _, ...shared } = config.test ?? {};

// The project's own configuration, for files of tests that leak on purpose (`seeded/`).
export default defineConfig({ test: { ...shared, include: ['test/support/leaks/seeded/*-seeded.ts'] } });
