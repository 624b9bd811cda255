import { expect, test } from '@jest/globals';
import { simulate } from './simulate.ts';

const common = { policy: 'manual', seeds: 1 };
const five = 'config/scenarios/five.yaml';

test.each([
  ['agents beside a scenario', five, { agents: 3 }, `--agents goes with --from-journal only: ${five} says itself who`],
  ['a day beside a scenario', five, { date: '2026-11-22' }, '--date goes with --from-journal only: '],
  ['a word for a day', undefined, { fromJournal: 'c', date: 'foo' }, '--date foo is no day: write year, month and day'],
  ['a day that there is not', undefined, { fromJournal: 'c', date: '2026-02-30' }, '--date 2026-02-30 is no day: '],
])('refuses %s with a sentence', async (_what, file, options, sentence) => {
  const tried = simulate(file, { ...common, ...options });
  await expect(tried).rejects.toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringContaining(sentence) });
});
