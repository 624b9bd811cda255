import { expect, test } from '@jest/globals';
import { leadPolicyOf } from './lead-policy.ts';

test('nothing said is no policy', () => {
  expect(leadPolicyOf({})).toBeUndefined();
});

test('rules, limits, order and filter are what they say', () => {
  const where = 'language=es,en-US timezone=america/chicago segment=gold,very new';
  const said = { retry: 'busy:5m, no-answer:2h:3', where, order: 'newest', attempts: 4, attemptsPerDay: 2 };
  expect(leadPolicyOf(said)).toEqual({
    order: 'newest',
    retry: [
      { outcome: 'busy', afterMs: 300_000, max: 0 },
      { outcome: 'no-answer', afterMs: 7_200_000, max: 3 },
    ],
    maxAttempts: 4,
    maxAttemptsPerDay: 2,
    where: { languages: ['es', 'en-US'], timezones: ['America/Chicago'], segments: ['gold', 'very new'] },
  });
});

test('without a limit rules give five attempts, and no rules one', () => {
  expect(leadPolicyOf({ retry: 'busy:30s' })).toMatchObject({ maxAttempts: 5, order: 'list' });
  expect(leadPolicyOf({ order: 'newest' })).toMatchObject({ maxAttempts: 1, retry: [] });
});

test.each([
  [{ retry: 'answered:5m' }],
  [{ retry: 'busy' }],
  [{ retry: 'busy:0m' }],
  [{ retry: 'busy:5m:0' }],
  [{ retry: 'busy:31d' }],
  [{ retry: 'busy:5m;no-answer:2h' }],
  [{ retry: '' }],
  [{ where: 'colour=red' }],
  [{ where: 'timezone=Mars/Base' }],
  [{ where: 'language=' }],
  [{ where: 'segment=2025550101' }],
  [{ where: '' }],
  [{ order: 'random' }],
])('%j is refused with what to write', (options) => {
  expect(() => leadPolicyOf(options)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  expect(() => leadPolicyOf(options)).toThrow(/^--(retry|where|order) .*: write .*\.$/);
});
