import { expect, test } from '@jest/globals';
import { KnownStreams } from './known-streams.ts';

test('knows all that was added, and hardly anything else', () => {
  const known = new KnownStreams();
  const names = Array.from({ length: 200_000 }, (_, index) => `call/campaign-1.${index}.1`);
  for (const name of names) known.add(name);
  expect(names.every((name) => known.mayHold(name))).toBe(true);
  const others = Array.from({ length: 100_000 }, (_, index) => `call/campaign-2.${index}.1`);
  expect(others.filter((name) => known.mayHold(name)).length).toBeLessThan(200);
});

test('that is empty knows nothing', () => {
  expect(new KnownStreams().mayHold('call/1')).toBe(false);
});
