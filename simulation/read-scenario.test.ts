import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readScenario } from './read-scenario.ts';

const folder = join(import.meta.dirname, '..', 'config', 'scenarios');
const files = readdirSync(folder);
const read = (file: string) => readScenario(readFileSync(join(folder, file), 'utf8'), file);
const fifty = readFileSync(join(folder, 'fifty.yaml'), 'utf8');

/** The sentence with which a scenario is refused. */
function refusal(text: string): string {
  try {
    readScenario(text, 'mine.yaml');
  } catch (error) {
    expect(error).toMatchObject({ code: 'SCENARIO_INVALID' });
    return (error as Error).message;
  }
  throw new Error('The scenario was taken');
}

describe('the example scenarios', () => {
  test.each(files)('%s can be read, and is called as its file', (file) => {
    expect(`${read(file).name}.yaml`).toBe(file);
  });

  test('some are held out of tuning, and both kinds have small and large teams', () => {
    const team = (file: string) => read(file).agents.reduce((sum, { count }) => sum + count, 0);
    for (const heldOut of [true, false]) {
      const sizes = files.filter((file) => read(file).heldOut === heldOut).map(team);
      expect(sizes.length).toBeGreaterThanOrEqual(5);
      expect(Math.min(...sizes)).toBe(5);
      expect(Math.max(...sizes)).toBeGreaterThanOrEqual(200);
    }
  });
});

describe('a scenario', () => {
  test('has times and lengths in milliseconds', () => {
    const { day, limits, agents } = read('fifty.yaml');
    expect(day).toEqual({ from: 9 * 3_600_000, to: 17 * 3_600_000 });
    expect(limits).toMatchObject({ connectDeadline: 2000, ringTimeout: 22_000, maxAbandonRate: 0.03 });
    expect(agents[0]?.breaks[0]).toEqual({ at: 10.5 * 3_600_000, lasts: 900_000, within: 1_200_000, share: 1 });
  });

  test('is not held out where it does not say so', () => {
    expect(readScenario(fifty.replace(/heldOut: .*/, ''), 'mine.yaml').heldOut).toBe(false);
  });

  test.each([
    ['a length without its unit', '60s', '60', 'limits.connectDeadline: must be a length of time such as 250ms'],
    ['a share above 1', '0.02', '3', 'limits.maxAbandonRate: must be at most 1'],
  ])('is refused with the path for %s', (_what, good, bad, sentence) => {
    const key = sentence.startsWith('limits.connect') ? 'connectDeadline' : 'maxAbandonRate';
    const text = fifty.replace('limits: {', `limits: { ${key}: ${good},`);
    expect(readScenario(text, 'mine.yaml').name).toBe('fifty');
    expect(refusal(fifty.replace('limits: {', `limits: { ${key}: ${bad},`))).toContain(sentence);
  });

  test.each([
    ['no YAML', 'a: [', 'The scenario mine.yaml is not YAML at line 1: mend its syntax.'],
    ['nothing', '', 'the whole: must be keys with their values'],
    ['no limits', fifty.replace(/limits: .*/, ''), 'limits: must be there'],
    ['a word for a number', fifty.replace(/count: \d+/, 'count: many'), 'agents.0.count: must be a number'],
    ['half an agent', fifty.replace(/count: \d+/, 'count: 2.5'), 'agents.0.count: must be a whole number'],
    ['nobody', fifty.replace(/count: \d+/, 'count: 0'), 'agents.0.count: must be at least 1'],
    [
      'no agents',
      fifty.replace(/agents:[\s\S]*?phases:/, 'agents: []\nphases:'),
      'agents: must have an entry at least',
    ],
    ['no title', fifty.replace(/title: .*/, 'title: ""'), 'title: must not be empty'],
    ['a rate of nothing', fifty.replace(/callsPerSecond: \d+/, 'callsPerSecond: 0'), 'callsPerSecond: must be above 0'],
    [
      'machines handled in no known way',
      `${fifty}\nmachines: { handling: gently }\n`,
      'machines.handling: must be detected or put-through',
    ],
    ['perhaps for yes', fifty.replace(/heldOut: \w+/, 'heldOut: perhaps'), 'heldOut: must be true or false'],
    ['an end before the beginning', fifty.replace('to: 17:00 }', 'to: 08:00 }'), 'day.to: must be after from'],
    ['a word it does not know', `${fifty}\nagent: 3\n`, 'the whole: must not have "agent", which means nothing here'],
    [
      'a first phase that says too little',
      fifty.replace(/ {4}wrap:.*\n/, ''),
      'phases.0.wrap: must be there in the first',
    ],
    ['nobody at the other end', fifty.replace(/outcomes: .*/, 'outcomes: { human: 0 }'), 'must have a weight above 0'],
    ['a distribution of no kind', fifty.replace('exponential', 'weibull'), 'patience: must be exactly, uniform'],
    [
      'a first phase after the beginning',
      fifty.replace('- from: 09:00', '- from: 09:30'),
      'phases.0.from: must not be',
    ],
  ])('is refused in one sentence where it has %s', (_what, text, sentence) => {
    expect(refusal(text)).toContain(sentence);
    expect(refusal(text)).toMatch(/^The scenario mine\.yaml is not .*\.$/);
  });
});
