import { expect, it } from 'vitest';
import { logTo, logToConsole } from '../../functions/log-to.ts';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { invocationContext, silencedConsole } from '../support/log.ts';

it('no character of a product ID can begin a line of the log, or move what stands in one', () => {
  const lines: string[] = [];
  const productId = 'KETTLE\u2028{"event":"forged"}\u2029\u202e\u0085\u009b2J\n';
  logTo(invocationContext({}, lines))('warn', 'message', { productId });
  expect(lines).toHaveLength(1);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that there are none is the point.
  expect(lines[0]).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202e]/);
  expect(JSON.parse(lines[0]?.replace('warn ', '').replace('warning ', '') ?? '')).toEqual({
    event: 'message',
    productId,
  });
});

it('a line without an invocation says its level, for the host ranks what comes on stderr by the words in it', () => {
  const written = silencedConsole('error');
  createApp(readConfig({ OTEL_EXPORTER_OTLP_PROTOCOL: 'dice' }), logToConsole);
  const lines = written.mock.calls.map(([line]) => String(line));
  written.mockRestore();
  expect(lines).toEqual([expect.stringMatching(/error|fail|severe/i)]);
  for (const name of ['COSMOS_CONNECTION_STRING', 'OTEL_EXPORTER_OTLP_PROTOCOL'])
    expect(lines[0]).toContain(name);
});
