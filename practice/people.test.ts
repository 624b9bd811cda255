import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { people, type Script, scriptOf } from './people.ts';

const seeds = Array.from({ length: 200 }, (_, seed) => seed);

/** Every number's scripts over 200 seeds. */
const scripts = (digit: string) => seeds.map((seed) => scriptOf(`+120255501${digit}${digit}`, seed, 1));
const steps = (script: Script) =>
  script.map(({ step }) => ('digits' in step ? `${step.type} ${step.digits}` : step.type));
const wait = (script: Script, type: string) => script.find(({ step }) => step.type === type)?.waitMs;

describe('repeats', () => {
  test('with the same seed, number and attempt', () => {
    expect(scriptOf('+12025550101', 7, 2)).toEqual(scriptOf('+12025550101', 7, 2));
  });

  test.each([
    ['seed', scriptOf('+12025550101', 8, 2)],
    ['number', scriptOf('+12025550111', 7, 2)],
    ['attempt', scriptOf('+12025550101', 7, 3)],
  ])('but not with another %s', (_, other) => {
    expect(other).not.toEqual(scriptOf('+12025550101', 7, 2));
  });
});

describe('the people', () => {
  test.each([
    ['1', ['ring', 'answer', 'say', 'press 1', 'hang-up']],
    ['2', ['ring', 'answer', 'say', 'press 2', 'hang-up']],
    ['3', ['ring', 'answer', 'say', 'hang-up']],
    ['4', ['ring', 'answer', 'say', 'press 1', 'hang-up']],
    ['5', ['ring', 'answer', 'say', 'hang-up']],
    ['6', ['reject']],
    ['7', ['ring', 'reject']],
    ['8', ['ring', 'answer', 'say', 'finish-speaking', 'hang-up']],
    ['9', ['reject']],
  ])('%s: %j', (digit, wanted) => {
    for (const script of scripts(digit)) expect(steps(script)).toEqual(wanted);
  });

  test('ring for 1 to 4 s and press after 1 to 3 s', () => {
    for (const script of ['1', '2'].flatMap(scripts)) {
      expect(wait(script, 'answer')).toBeGreaterThanOrEqual(1_000);
      expect(wait(script, 'answer')).toBeLessThanOrEqual(4_000);
      expect(wait(script, 'press')).toBeGreaterThanOrEqual(1_000);
      expect(wait(script, 'press')).toBeLessThanOrEqual(3_000);
    }
  });

  test('4 rings for about 8 s', () => {
    for (const script of scripts('4')) expect(Math.abs((wait(script, 'answer') ?? 0) - 8_000)).toBeLessThanOrEqual(500);
  });

  test('7 rings for three minutes', () => {
    for (const script of scripts('7')) {
      expect(script[1]).toEqual({
        waitMs: 180_000,
        step: { type: 'reject', sipStatus: 480, reason: 'Temporarily Unavailable' },
      });
    }
  });

  test('all end their call, so that nothing is left of it', () => {
    const last = people.flatMap(({ digit }) => scripts(digit)).map((script) => script.at(-1)?.step.type);
    expect(new Set(last)).toEqual(new Set(['hang-up', 'reject']));
  });

  test('5 hangs up two seconds after the answer', () => {
    for (const script of scripts('5')) expect((wait(script, 'say') ?? 0) + (wait(script, 'hang-up') ?? 0)).toBe(2_000);
  });

  test('6 is 486 and 9 is 404', () => {
    expect(scripts('6')[0]?.[0]?.step).toEqual({ type: 'reject', sipStatus: 486, reason: 'Busy Here' });
    expect(scripts('9')[0]?.[0]?.step).toEqual({ type: 'reject', sipStatus: 404, reason: 'Not Found' });
  });

  test('0 is 503 about half the time, else as 1', () => {
    const kinds = scripts('0').map((script) => steps(script).join());
    const refused = kinds.filter((kind) => kind === 'reject').length;
    expect(refused).toBeGreaterThan(70);
    expect(refused).toBeLessThan(130);
    expect(new Set(kinds)).toEqual(new Set(['reject', 'ring,answer,say,press 1,hang-up']));
  });

  test('nobody lives at what is no number', () => {
    expect(scriptOf('', 1, 1)[0]?.step).toMatchObject({ type: 'reject', sipStatus: 484 });
    expect(scriptOf('reception', 1, 1)[0]?.step).toMatchObject({ type: 'reject', sipStatus: 484 });
  });

  test('speak with voices that are there', () => {
    const said = people
      .flatMap(({ digit }) => scripts(digit))
      .flatMap((script) => {
        return script.flatMap(({ step }) => (step.type === 'say' ? [step.voice] : []));
      });
    for (const voice of new Set(said)) {
      expect(existsSync(join(import.meta.dirname, 'voices', `${voice}.wav`))).toBe(true);
    }
  });
});

test('the table of README.md says what the people do', () => {
  const readme = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8');
  const rows = [...readme.matchAll(/^\| (\d) +\| (.+?) +\|/gm)].map(([, digit, does]) => ({ digit, does }));
  expect(rows).toEqual(people.map(({ digit, does }) => ({ digit, does })));
});
