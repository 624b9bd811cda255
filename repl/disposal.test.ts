import { expect, test } from '@jest/globals';
import { disposalOf } from './disposal.ts';

test.each([
  ['sale/new', { disposition: 'sale/new' }],
  ['no/later in 90m', { disposition: 'no/later', callbackAtMs: 1000 + 90 * 60_000 }],
  ['no/later in 2h mine', { disposition: 'no/later', callbackAtMs: 1000 + 2 * 3_600_000, callbackToMe: true }],
  ['moves in 3d', { disposition: 'moves', callbackAtMs: 1000 + 3 * 86_400_000 }],
  ['not interested in cars', { disposition: 'not interested in cars' }],
])('%s', (text, command) => {
  expect(disposalOf(text, 1000)).toEqual(command);
});
