import { afterAll, afterEach, expect } from 'vitest';
import { takeLeaks } from './check.ts';

// Runs with every test file: a log line, an answer or an output that tells a secret or a payload fails its test.
// Hooks registered first run last: after those of the test file, which may log something, too.
afterEach(() => expect(takeLeaks(), 'leaked').toEqual([]));
afterAll(() => expect(takeLeaks(), 'leaked after the last test').toEqual([]));
