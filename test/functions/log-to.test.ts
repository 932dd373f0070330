import { expect, it } from 'vitest';
import { logTo } from '../../functions/log-to.ts';
import { invocationContext } from '../support/log.ts';

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
