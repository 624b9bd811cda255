import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { maskNumber } from './mask.ts';

describe('the mask of a number', () => {
  test.each([
    ['+8613812341234', '+86 138 **** 1234'],
    ['+493012345678901', '+49 301 **** 8901'],
    ['+12025550123', '+1 202 **** 23'],
    ['+442079460958', '+44 207 **** 58'],
    ['+33142685300', '+33 14 **** 00'],
    ['+85221234567', '+852 21 **** 67'],
    ['+6598765432', '+65 98 **** 32'],
    ['+80012345678', '+800 12 **** 78'],
    ['+2907123', '+290 **** 23'],
  ])('%s is %s', (number, mask) => {
    expect(maskNumber(number)).toBe(mask);
  });

  test.each(['', '8613812341234', '+86 138 1234 1234', 'sip:alice@example.com', '+123'])(
    'of %j, which is no E.164 number, nothing is shown',
    (text) => {
      expect(maskNumber(text)).toBe('****');
    },
  );

  test('hides at least half of the national digits, and four of any long number', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\+[1-9]\d{3,14}$/), (number) => {
        const mask = maskNumber(number);
        const code = mask.split(' ')[0] ?? '';
        const national = number.length - code.length;
        const visible = mask.slice(code.length).replaceAll(/\D/g, '').length;
        expect(visible).toBeLessThanOrEqual(national >= 11 ? 7 : national / 2);
      }),
    );
  });
});
