import { defineConfig } from 'vitest/config';
import config from '../../../vitest.config.ts';

// The project's own configuration, for files of tests that leak on purpose (`seeded/`).
export default defineConfig({ test: { ...config.test, include: ['test/support/leaks/seeded/*-seeded.ts'] } });
