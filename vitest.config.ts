import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Many tests wait for servers and processes most of the time: two cores bear two files at a time.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    sequence: { shuffle: true },
    testTimeout: 20_000,
    hookTimeout: 30_000,
    // What the app tells, in logs and answers, is searched for payloads and secrets.
    setupFiles: ['test/support/leaks/watch.ts'],
    projects: [
      // No servers and no processes: answers within seconds. Nothing outlives a test, so a worker loads each module once.
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts', 'test/property/*.test.ts'],
          isolate: false,
        },
      },
      // Real servers and processes, and the convergence search, which takes as long as they do.
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/{e2e,functions,attacks}/**/*.test.ts', 'test/property/convergence/*.test.ts'],
        },
      },
    ],
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      reporter: ['text-summary', 'html'],
      thresholds: { lines: 95 },
    },
  },
});
