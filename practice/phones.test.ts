import { expect, test } from '@jest/globals';
import type { TimedStep } from './people.ts';
import { scriptOfPhone } from './phones.ts';

/** The first steps of an endless script. */
function begin(name: string, seed = 1, attempt = 1, most = 30): TimedStep[] {
  const script: TimedStep[] = [];
  for (const step of scriptOfPhone(name, seed, attempt)) {
    script.push(step);
    if (script.length === most) break;
  }
  return script;
}
const types = (script: readonly TimedStep[]) => script.map(({ step }) => step.type);
const lengthMs = (script: readonly TimedStep[]) => script.reduce((sum, { waitMs }) => sum + waitMs, 0);

test('a phone rings, is answered and talks for as long as the call lasts', () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const script = begin('ann', seed);
    expect(types(script)).toEqual(['ring', 'answer', ...Array.from({ length: 28 }, () => 'say')]);
    expect(script[1]?.waitMs).toBeGreaterThanOrEqual(100);
    expect(script[1]?.waitMs).toBeLessThanOrEqual(600);
    for (const { waitMs } of script.slice(2)) expect(waitMs).toBeGreaterThanOrEqual(4_000);
  }
});

test('the same seed, name and attempt bring the same again, another of them does not', () => {
  expect(begin('ann', 7, 2)).toEqual(begin('ann', 7, 2));
  for (const other of [begin('ann', 8, 2), begin('bob', 7, 2), begin('ann', 7, 3)]) {
    expect(other).not.toEqual(begin('ann', 7, 2));
  }
});

test.each([
  ['ann.busy', ['reject'], undefined],
  ['ann.rings', ['ring', 'reject'], undefined],
  ['ann.leaves-1500', ['ring', 'answer', 'hang-up'], 1_500],
  ['ann.forgets-1500', ['ring', 'answer', 'forget'], 1_500],
])('%s: %j', (name, wanted, endsMs) => {
  const script = begin(name);
  expect(types(script)).toEqual(wanted);
  if (endsMs !== undefined) expect(lengthMs(script.slice(2))).toBe(endsMs);
});

test('a phone that leaves after a while talks until then', () => {
  const script = begin('ann.leaves-60000').slice(2);
  expect(lengthMs(script)).toBe(60_000);
  expect(
    types(script)
      .slice(0, -1)
      .every((type) => type === 'say'),
  ).toBe(true);
  expect(types(script).at(-1)).toBe('hang-up');
});
