/** A campaign with 20 practice agents over real SIP and RTP, under the law of the United States, which it keeps. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { lawNamed } from '#config/law-profiles.ts';
import { practiceNumbers } from '#scripts/demo/practice-list.ts';
import { demoSettings } from '#scripts/demo/settings.ts';
import { type FloorRecord, runFloor } from './floor-run.ts';

const minute = 60_000;
/** 40 of them pick up, so that one who finds nobody in time, on a machine that stood still, is not more than 3 %. */
const people = 75;
const agentIds = Array.from({ length: 20 }, (_, index) => `agent-${index + 1}`);

/** Where it is noon, or a little later, whenever this test runs: the law is of hours. */
function whereItIsNoon(nowMs: number): string {
  const hoursAhead = 12 - new Date(nowMs).getUTCHours();
  // East of Greenwich has a minus in these names.
  return hoursAhead === 0 ? 'UTC' : `Etc/GMT${hoursAhead > 0 ? '-' : '+'}${Math.abs(hoursAhead)}`;
}

let folder = '';
let floor: FloorRecord;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'callboard-lawful-'));
  const list = join(folder, 'people.csv');
  const zone = whereItIsNoon(Date.now());
  const rows = practiceNumbers(people).map((number, index) => `${number},Person ${index + 1},${zone},en`);
  writeFileSync(list, `phone,name,timezone,language\n${rows.join('\n')}\n`);
  floor = await runFloor({
    ...{ folder, list, seed: 7, timeScale: 0.25, agentIds, callerId: '+12025550199' },
    // A line for each agent who is ready: whoever answers finds that one, unless it goes away in those seconds.
    settings: (laws) => {
      const settings = demoSettings('practice', agentIds.length, 'progressive', laws);
      const plan = { ...settings.plan, ringTimeoutMs: 20_000 };
      return { ...settings, plan, law: lawNamed(laws, 'us-ftc'), maxCalls: 30, callsPerSecond: 5 };
    },
  });
}, 4 * minute);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a campaign with 20 agents under us-ftc', () => {
  test('keeps every rule, and each was looked at', () => {
    const { report, calls } = floor;
    expect(report.rules.map(({ id, kept, breaches }) => ({ id, kept, breaches }))).toEqual(
      report.rules.map(({ id }) => ({ id, kept: true, breaches: [] })),
    );
    expect(report.kept).toBe(true);
    expect(report.profiles.map(({ profile }) => profile)).toEqual(['us-ftc']);
    expect([report.attempts, report.dialed, calls.size]).toEqual([people, people, people]);
    expect(report.rules.map(({ id }) => id)).toEqual([
      ...['us-ftc.do-not-call', 'us-ftc.recorded-consent', 'us-ftc.caller-id', 'us-ftc.hours', 'us-ftc.abandoned'],
      ...['us-ftc.connect', 'us-ftc.ring', 'us-ftc.safe-harbour', 'us-ftc.permit', 'us-ftc.engaged'],
    ]);
    const looked = report.rules.filter(({ id, checked }) => checked > 0 || id === 'us-ftc.safe-harbour');
    expect(looked).toHaveLength(report.rules.length);
  });

  test('brought agents and people together', () => {
    const { calls, agents, errors } = floor;
    expect(errors).toEqual([]);
    const talks = [...calls.values()].filter((events) => events.some(({ type }) => type === 'AgentConnected'));
    expect(talks.length).toBeGreaterThan(people / 4);
    const talkers = [...agents.values()].filter((events) => events.some(({ type }) => type === 'AgentConnected'));
    expect(talkers.length).toBeGreaterThan(agentIds.length / 2);
  });
});
