import { expect, test } from '@jest/globals';
import { count, freshLines, linesInUse } from './lines.ts';
import type { PacingConfig, PacingEvent } from './policy.ts';

const config: PacingConfig = {
  ...{ maxAbandonRate: 0.03, connectDeadlineMs: 2000, ringTimeoutMs: 20_000, maxLines: 9, tickMs: 200 },
};
const callId = 'c1';
const minutes = (number: number) => number * 60_000;
const usedAt = (nowMs: number, ...events: readonly PacingEvent[]) => {
  const lines = freshLines(config);
  for (const event of events) count(lines, config, event);
  return linesInUse(lines, nowMs);
};
const abandoned: readonly PacingEvent[] = [
  { type: 'attempt-started', callId, at: 0 },
  { type: 'attempt-answered', callId, at: 5000 },
  { type: 'call-abandoned', callId, at: 7000 },
];

test('the line of an abandoned call is free when the message has been played, with or without a word', () => {
  expect(usedAt(8000, ...abandoned)).toBe(1);
  expect(usedAt(minutes(3), ...abandoned)).toBe(0);
  expect(usedAt(8000, ...abandoned, { type: 'call-ended', callId, agentId: '', at: 7500 })).toBe(0);
});

test('where an agent came after all, it is used until the talk is over', () => {
  const late: readonly PacingEvent[] = [...abandoned, { type: 'call-connected', callId, agentId: 'ann', at: 7001 }];
  expect(usedAt(minutes(3), ...late)).toBe(1);
  expect(usedAt(minutes(3), ...late, { type: 'call-ended', callId, agentId: 'ann', at: minutes(2) })).toBe(0);
});
