import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // The tests wait for servers and processes for more than a quarter of their time.
    maxWorkers: availableParallelism() + 1,
    // Files keep vitest's order, the longest first: one that begins last would be waited for.
    sequence: { shuffle: { files: false, tests: true } },
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
