import { expect, test } from '@jest/globals';
import { shown } from './shown.ts';

test('bytes are counted and not shown, and long text is cut', () => {
  expect(shown({ command: Buffer.from('secret'), more: [new Uint8Array(2)] })).toBe(
    '{"command":"(6 bytes)","more":["(2 bytes)"]}',
  );
  expect(shown('x'.repeat(100), 0, 10)).toBe('"xxxxxxxxx … (92 characters more)');
});
