import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { causeOf, type GivenUp, reasonOf } from './causes.ts';

describe('the cause of a final status', () => {
  test.each<[number, GivenUp, string]>([
    [486, undefined, 'busy'],
    [600, undefined, 'busy'],
    [408, undefined, 'no-answer'],
    [480, undefined, 'no-answer'],
    [487, 'ring-timeout', 'no-answer'],
    [0, 'ring-timeout', 'no-answer'],
    [200, 'ring-timeout', 'no-answer'],
    [487, 'hang-up', 'canceled'],
    [0, 'hang-up', 'canceled'],
    [200, 'hang-up', 'canceled'],
    [407, 'hang-up', 'canceled'],
    // The callee was faster than our CANCEL: what he said counts.
    [486, 'hang-up', 'busy'],
    [404, 'ring-timeout', 'unreachable'],
    [403, undefined, 'rejected'],
    [603, undefined, 'rejected'],
    [404, undefined, 'unreachable'],
    [410, undefined, 'unreachable'],
    [484, undefined, 'unreachable'],
    [604, undefined, 'unreachable'],
    [487, undefined, 'failed'],
    [0, undefined, 'failed'],
    [302, undefined, 'failed'],
    [407, undefined, 'failed'],
    [503, undefined, 'failed'],
    [606, undefined, 'failed'],
  ])('%i, given up by %s: %s', (status, givenUp, cause) => {
    expect(causeOf(status, { givenUp, proceeded: true })).toBe(cause);
  });

  test('a gateway that never said a word is no callee who did not pick up', () => {
    expect(causeOf(0, { givenUp: 'ring-timeout', proceeded: false })).toBe('failed');
    expect(causeOf(0, { givenUp: 'hang-up', proceeded: false })).toBe('canceled');
  });
});

describe('a reason', () => {
  test('keeps the phrase and the Q.850 cause', () => {
    expect(reasonOf('Busy Here', 'SIP;cause=486, Q.850;cause=17;text="User busy"')).toBe('Busy Here (Q.850 17)');
  });

  test('keeps nothing else of a Reason header', () => {
    expect(reasonOf('', 'Q.850;cause=1;text="+8613800001234 unallocated"')).toBe('(Q.850 1)');
  });

  test.each([
    '+8613800001234',
    '138 0000 1234',
    '138-0000-1234',
    '(138)0000.1234',
    '13800',
    '415_555_1234',
    '1,415,555,1234',
    '415:555:1234',
    '1*415*555*1234',
  ])('masks %s', (number) => {
    const reason = reasonOf(`No route to ${number} today`);
    expect(reason).toMatch(/^No route to \(?\*{5} today$/);
  });

  test('keeps no digit of a phrase with five of them, whatever stands between', () => {
    const between = fc.array(fc.tuple(fc.nat({ max: 9 }), fc.string({ unit: 'binary', maxLength: 5 })), {
      minLength: 5,
    });
    fc.assert(fc.property(between, (pieces) => expect(reasonOf(pieces.flat().join(''))).not.toMatch(/\d/)));
  });

  test('leaves short numbers, which are codes', () => {
    expect(reasonOf('Error 12 in 50')).toBe('Error 12 in 50');
  });

  test('is at most 80 printable characters long', () => {
    const reason = reasonOf(`${'é\u0000word '.repeat(40)}`);
    expect(reason.length).toBeLessThanOrEqual(80);
    expect(reason).toMatch(/^[\x20-\x7e]*$/);
  });
});
