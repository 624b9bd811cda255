import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { attemptOf, callIdOf, longestCampaignId } from './call-name.ts';

const whole = fc.integer({ min: 1, max: 2 ** 32 - 1 });

test('a call is named after its attempt, whatever dots and digits its campaign has', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Za-z0-9._-]{1,20}$/), whole, whole, (campaignId, row, attempt) => {
      const named = { campaignId, row, attempt };
      expect(attemptOf(callIdOf(named))).toEqual(named);
    }),
  );
  expect(attemptOf('spring.2026.1.7.2')).toEqual({ campaignId: 'spring.2026.1', row: 7, attempt: 2 });
});

test('no other name is a call', () => {
  for (const name of ['', 'spring', 'spring.7', '.7.1', 'agent:ann:1', 'spring.7.x']) {
    expect(attemptOf(name)).toBeUndefined();
  }
});

test('a call has a name that an actor may have, for the longest name of a campaign', () => {
  const row = 2 ** 32 - 1;
  expect(callIdOf({ campaignId: 'c'.repeat(longestCampaignId), row, attempt: row })).toHaveLength(200);
});
