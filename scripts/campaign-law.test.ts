import { describe, expect, test } from '@jest/globals';
import { loadLawProfiles } from '#config/law-profiles.ts';
import { chosenLaw, isLoopback, lawLine } from './campaign-law.ts';

const profiles = loadLawProfiles();
const here = { uri: 'sip:127.0.0.1:5070' };
const there = { uri: 'sip:gateway.example.org', callerId: '+12025550100' };

describe('the law of a campaign of the command line', () => {
  test('is the one that is named, and that is said', () => {
    const law = chosenLaw(profiles, { named: 'practice', trunk: here });
    expect(law.profile).toBe('practice');
    expect(lawLine(profiles, law)).toMatch(/^Law profile practice \(.*\): /);
    expect(chosenLaw(profiles, { named: 'us-ftc', trunk: there }).profile).toBe('us-ftc');
  });

  test.each([
    ['none, elsewhere', undefined, there, 'LAW_PROFILE_MISSING', 'cn, practice, uk, us-ftc, us-reg-f'],
    ['none, also for a trunk on this machine', undefined, here, 'LAW_PROFILE_MISSING', '--law practice.'],
    ['none, nobody knows where', undefined, undefined, 'LAW_PROFILE_MISSING', '--law'],
    ['one that is not there', 'mars', there, 'LAW_PROFILE_UNKNOWN', 'mars'],
    ['that of practice, elsewhere', 'practice', there, 'LAW_SETTINGS', 'on this machine'],
    ['one that wants a number shown', 'uk', { uri: there.uri }, 'LAW_SETTINGS', 'uk.caller-id'],
  ])('is refused: %s', (_what, named, trunk, code, word) => {
    const choosing = () => chosenLaw(profiles, { named, trunk });
    expect(choosing).toThrow(expect.objectContaining({ code, message: expect.stringContaining(word) }));
  });

  test('knows this machine by its names, and by no other', () => {
    const local = ['sip:127.0.0.1', 'sip:127.1.2.3:5060', 'sip:localhost', 'sip:LOCALHOST:5070', 'sip:[::1]:5060'];
    expect(local.filter((uri) => !isLoopback(uri))).toEqual([]);
    const others = [
      'sip:10.0.0.1',
      'sip:127.0.0.1.example.org',
      'sip:localhost.example.org',
      'sip:[::2]',
      '',
      'sip:128.0.0.1',
    ];
    expect(others.filter(isLoopback)).toEqual([]);
  });
});
