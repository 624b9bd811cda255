/** A campaign with 20 practice agents over real SIP and RTP, and what its journal says of it afterwards. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Outcome } from '#proto/generated/call.ts';
import { practiceNumbers, writePracticeList } from '#scripts/demo/practice-list.ts';
import { demoSettings } from '#scripts/demo/settings.ts';
import { loudest } from '#test/loudest.ts';
import { type FloorRecord, runFloor } from './floor-run.ts';

const minute = 60_000;
const people = 60;
const agentIds = Array.from({ length: 20 }, (_, index) => `agent-${index + 1}`);
const maxCalls = 20;

let folder = '';
let errors: FloorRecord['errors'];
let agents: FloorRecord['agents'];
let calls: FloorRecord['calls'];
let campaign: FloorRecord['campaign'];
let report: FloorRecord['report'];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'callboard-agents-'));
  const list = join(folder, 'people.csv');
  writePracticeList(list, people);
  ({ errors, agents, calls, campaign, report } = await runFloor({
    // Everybody is ten times as fast.
    ...{ folder, list, seed: 7, timeScale: 0.1, agentIds },
    settings: (laws) => {
      const settings = { ...demoSettings('practice', agentIds.length, 'power', laws), maxCalls, callsPerSecond: 20 };
      return { ...settings, plan: { ...settings.plan, ringTimeoutMs: 3000 } };
    },
  }));
}, 4 * minute);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What may become of those who pick up; a machine that is slow enough lets them ring for too long. */
const whoPicksUp: readonly Outcome[] = ['answered', 'abandoned', 'no-answer'];
/** Of the others by the last digit of their number, as in practice/README.md: nobody's call fails or ends unknown. */
const outcomesOf: Readonly<Record<string, readonly Outcome[]>> = {
  6: ['busy'],
  7: ['no-answer'],
  9: ['unreachable'],
};
const talks = () => [...calls].filter(([, events]) => events.some(({ type }) => type === 'AgentConnected'));

describe('a campaign with 20 agents', () => {
  test('ends with an outcome for everybody, and nothing went wrong on the way', () => {
    expect(errors).toEqual([]);
    const ended = campaign.filter((event) => event.type === 'AttemptEnded');
    expect(new Set(ended.map(({ row }) => row)).size).toBe(people);
    expect(talks().length).toBeGreaterThan(0);
  });

  test('has for everybody an outcome that they, and not we, have brought about', () => {
    const digits = practiceNumbers(people).map((number) => number.at(-1) ?? '');
    for (const event of campaign) {
      if (event.type !== 'AttemptEnded') continue;
      const { row, outcome } = event;
      const expected = outcomesOf[digits[row - 1] ?? ''] ?? whoPicksUp;
      expect({ row, outcome, expected: expected.includes(outcome) }).toEqual({ row, outcome, expected: true });
    }
  });

  test('has each agent in one call at a time, from the reservation to the end of the talk', () => {
    for (const [agentId, events] of agents) {
      let inCall = '';
      for (const event of events) {
        if (event.type === 'AgentReserved') {
          expect({ agentId, inCall }).toEqual({ agentId, inCall: '' });
          inCall = event.callId;
        }
        if (event.type === 'AgentConnected' || event.type === 'TalkEnded') expect(event.callId).toBe(inCall);
        if (event.type === 'TalkEnded' || event.type === 'ReservationEnded') inCall = '';
      }
    }
    // And no call had two.
    for (const [callId, events] of calls) {
      const had = events.filter(({ type }) => type === 'AgentConnected').length;
      expect({ callId, one: had <= 1 }).toEqual({ callId, one: true });
    }
  });

  test('has everybody who answered talk to an agent, hang up before, or hear the message and be counted', () => {
    for (const [callId, events] of calls) {
      const types = events.map(({ type }) => type);
      if (!types.includes('CallAnswered')) continue;
      const ended = events.find((event) => event.type === 'CallEnded');
      const isConnected = types.includes('AgentConnected');
      const isAbandoned = types.includes('CallAbandoned');
      expect({ callId, both: isConnected && isAbandoned }).toEqual({ callId, both: false });
      expect({ callId, outcome: ended?.outcome }).toEqual({ callId, outcome: isAbandoned ? 'abandoned' : 'answered' });
    }
    const counted = campaign.filter(({ type }) => type === 'CallAbandoned').length;
    expect(counted).toBe(
      [...calls.values()].filter((each) => each.some(({ type }) => type === 'CallAbandoned')).length,
    );
  });

  test('never has more lines than it may, and says of each decision what it went by', () => {
    let lines = 0;
    for (const event of campaign) {
      if (event.type === 'AttemptsStarted') lines += event.attempts.length;
      if (event.type === 'AttemptEnded') lines -= 1;
      expect(lines).toBeLessThanOrEqual(maxCalls);
      if (event.type !== 'LeadsRequested') continue;
      expect(event.reasons?.given.map(({ name }) => name)).toEqual(
        expect.arrayContaining(['policy', 'ready', 'lines', 'answered', 'abandoned', 'limit']),
      );
    }
  });

  test('is audited by what its calls say', () => {
    const { rules, dialed, profiles } = report;
    expect([profiles[0]?.profile, dialed]).toEqual(['practice', calls.size]);
    // How fast this machine brings an agent is not for this test to say: those rules must say what the calls say.
    const events = [...calls.values()].map((each) => ({
      answered: each.find((event) => event.type === 'CallAnswered')?.atMs ?? 0,
      served: each.find((event) => event.type === 'AgentConnected' || event.type === 'CallAbandoned')?.atMs ?? 0,
      isAbandoned: each.some((event) => event.type === 'CallAbandoned'),
    }));
    const answers = events.filter(({ answered }) => answered > 0);
    const waits = answers.map(({ answered, served }) => (served === 0 ? 0 : served - answered));
    const abandoned = answers.filter(({ isAbandoned }, at) => isAbandoned || (waits[at] ?? 0) > 2000).length;
    const broken = [
      ...(abandoned > 0.03 * answers.length ? ['practice.abandoned'] : []),
      ...(waits.some((waitMs) => waitMs > 3000) ? ['practice.connect'] : []),
    ];
    expect(rules.filter(({ kept }) => !kept).map(({ id }) => id)).toEqual(broken);
    expect(rules.find(({ id }) => id === 'practice.connect')?.checked).toBe(answers.length);
  });

  test('records what both sides said to each other', () => {
    const recordings = join(folder, 'data', 'recordings', 'floor');
    const known = new Set(readdirSync(recordings));
    const both = talks().filter(([callId]) => {
      if (!known.has(`${callId}.wav`)) return false;
      const file = readFileSync(join(recordings, `${callId}.wav`));
      return loudest(file, 0) > 1000 && loudest(file, 1) > 1000;
    });
    expect(both.length).toBeGreaterThan(0);
  });

  test('has every phone let go of at the end', () => {
    expect([...agents.values()].map((events) => events.at(-1)?.type)).toEqual(agentIds.map(() => 'SignedOut'));
  });
});
