/** What every pacing policy keeps to, whatever happens and in whatever order. Call it in the test of a policy. */
import { serialize } from 'node:v8';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { PacingConfig, PacingEvent, PacingPolicy } from '#actors/campaign/pacing/policy.ts';

const config: PacingConfig = {
  maxAbandonRate: 0.03,
  connectDeadlineMs: 2000,
  ringTimeoutMs: 20_000,
  maxLines: 20,
  tickMs: 200,
};

/** A step of a made-up day: which of the things that can happen, to whom, and how much later. */
interface Step {
  readonly what: number;
  readonly whom: number;
  readonly waitMs: number;
}

const steps = (count: number) =>
  fc.array(
    fc.record({
      what: fc.integer({ min: 0, max: 11 }),
      whom: fc.integer({ min: 0, max: 1000 }),
      waitMs: fc.oneof(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 0, max: 120_000 })),
    }),
    { minLength: 1, maxLength: count },
  );

/** Plays the steps as a campaign would: started attempts are those that the policy asks for, and each ends once. */
function play<S>(policy: PacingPolicy<S>, limits: PacingConfig, happened: readonly Step[], onDecision: OnDecision<S>) {
  let state = policy.initial(limits);
  let now = 1_772_409_600_000;
  let number = 0;
  const ringing: string[] = [];
  const answered: string[] = [];
  const harboured: string[] = [];
  const talking: { callId: string; agentId: string }[] = [];
  const ready = new Set<string>();
  const lines = () => ringing.length + answered.length + harboured.length + talking.length;
  const note = (event: PacingEvent) => {
    state = policy.evolve(state, event);
  };
  const take = (from: string[], whom: number) => from.splice(whom % Math.max(1, from.length), 1)[0];

  function happen({ what, whom }: Step): void {
    const at = now;
    switch (what) {
      case 0:
      case 1: {
        const agentId = `a${whom % 6}`;
        if (talking.some((call) => call.agentId === agentId)) break;
        ready.add(agentId);
        note({ type: 'agent-ready', agentId, at });
        break;
      }
      case 2:
        ready.delete(`a${whom % 6}`);
        note({ type: 'agent-away', agentId: `a${whom % 6}`, at });
        break;
      case 3: {
        const callId = ringing[whom % Math.max(1, ringing.length)];
        if (callId) note({ type: 'attempt-ringing', callId, at });
        break;
      }
      case 4: {
        const callId = take(ringing, whom);
        if (callId) note({ type: 'attempt-failed', callId, cause: whom % 2 ? 'busy' : 'no-answer', at });
        break;
      }
      case 5:
      case 6: {
        const callId = take(ringing, whom);
        if (!callId) break;
        note({ type: 'attempt-answered', callId, at });
        const [agentId] = ready;
        if (agentId) {
          ready.delete(agentId);
          talking.push({ callId, agentId });
          note({ type: 'call-connected', callId, agentId, at });
        } else answered.push(callId);
        break;
      }
      case 7: {
        const callId = take(answered, whom);
        if (!callId) break;
        harboured.push(callId);
        note({ type: 'call-abandoned', callId, at });
        break;
      }
      case 8: {
        const callId = take(harboured, whom) ?? take(answered, whom);
        if (callId) note({ type: 'call-ended', callId, agentId: '', at });
        break;
      }
      case 9:
      case 10: {
        const [call] = talking.splice(whom % Math.max(1, talking.length), 1);
        if (call) note({ type: 'call-ended', ...call, at });
        break;
      }
      default:
        // Of calls and agents that nobody has heard of.
        note({ type: 'call-ended', callId: `strange${whom}`, agentId: `s${whom}`, at });
        note({ type: 'attempt-failed', callId: `strange${whom}`, cause: 'busy', at });
        note({ type: 'attempt-answered', callId: `strange${whom}`, at });
        note({ type: 'call-abandoned', callId: `strange${whom}`, at });
        note({ type: 'agent-away', agentId: `s${whom}`, at });
    }
  }

  function ask(): void {
    for (;;) {
      const count = policy.decide(state, now);
      onDecision({ count, lines: lines(), state, nowMs: now, ready: ready.size, talking: talking.length });
      if (!(count > 0)) return;
      for (let i = 0; i < count; i++) {
        const callId = `c${number++}`;
        ringing.push(callId);
        note({ type: 'attempt-started', callId, at: now });
      }
    }
  }

  for (const step of happened) {
    now += step.waitMs;
    ask();
    happen(step);
    ask();
  }
  return { state, started: number };
}

/** Attempts at even distances that come to what `causeOf` says; an empty cause: an agent of its own talks for a minute. */
function tried(
  name: string,
  count: number,
  fromMs: number,
  everyMs: number,
  causeOf: (n: number) => string,
): readonly PacingEvent[] {
  const happened = Array.from({ length: count }, (_, n): readonly PacingEvent[] => {
    const [callId, agentId, at, cause] = [`${name}${n}`, `${name}${n}`, fromMs + n * everyMs, causeOf(n)];
    const failed = { type: 'attempt-failed', callId, cause } as const;
    if (cause === 'refused')
      return [
        { type: 'attempt-started', callId, at },
        { ...failed, at: at + 60 },
      ];
    const rang: readonly PacingEvent[] = [
      { type: 'attempt-started', callId, at },
      { type: 'attempt-ringing', callId, at: at + 1500 },
    ];
    if (cause !== '') return [...rang, { ...failed, at: at + 20_000 }];
    return [
      ...rang,
      { type: 'attempt-answered', callId, at: at + 8000 },
      { type: 'call-connected', callId, agentId, at: at + 8000 },
      { type: 'call-ended', callId, agentId, at: at + 68_000 },
      { type: 'agent-away', agentId, at: at + 78_000 },
    ];
  });
  return happened.flat().sort((one, other) => one.at - other.at);
}

type OnDecision<S> = (decision: {
  readonly count: number;
  /** In use before the attempts that it asks for. */
  readonly lines: number;
  readonly state: S;
  readonly nowMs: number;
  readonly ready: number;
  readonly talking: number;
}) => void;

/** The promises of the interface. `S` is plain data. */
export function policyContract<S>(name: string, policy: PacingPolicy<S>): void {
  describe(`${name}, as every policy,`, () => {
    test('asks for a whole number of attempts, 0 or more, and never for more than there are lines', () => {
      const limits = fc.record({ maxLines: fc.integer({ min: 1, max: 30 }) });
      fc.assert(
        fc.property(limits, steps(150), (more, happened) => {
          const { maxLines } = more;
          play(policy, { ...config, ...more }, happened, ({ count, lines }) => {
            expect(Number.isInteger(count) && count >= 0).toBe(true);
            expect(lines + count).toBeLessThanOrEqual(maxLines);
          });
        }),
        { seed: 21, numRuns: 60 },
      );
    });

    test('keeps to the rate of new attempts', () => {
      fc.assert(
        fc.property(fc.double({ min: 0.2, max: 20, noNaN: true }), steps(100), (callsPerSecond, happened) => {
          let fromMs = -1;
          let nowMs = 0;
          const { started } = play(policy, { ...config, callsPerSecond }, happened, (decision) => {
            if (fromMs < 0 && decision.count > 0) fromMs = decision.nowMs;
            nowMs = decision.nowMs;
          });
          const most = 1 + (callsPerSecond * config.tickMs) / 1000 + ((nowMs - fromMs) * callsPerSecond) / 1000;
          expect(started).toBeLessThanOrEqual(most + 1e-6);
        }),
        { seed: 22, numRuns: 30 },
      );
    });

    test('starts nothing where nobody has signed on', () => {
      expect(policy.decide(policy.initial(config), 1_772_409_600_000)).toBe(0);
    });

    test('does not change its state by deciding, and decides the same again', () => {
      fc.assert(
        fc.property(steps(80), (happened) => {
          play(policy, config, happened, ({ state, nowMs, count }) => {
            const before = serialize(state);
            expect(policy.decide(state, nowMs)).toBe(count);
            expect(serialize(state).equals(before)).toBe(true);
            // What is kept in a snapshot goes on as what was not.
            expect(policy.decide(structuredClone(state), nowMs)).toBe(count);
          });
        }),
        { seed: 23, numRuns: 15 },
      );
    });

    test('learns nothing of attempts that were never dialed, or of which nobody knows', () => {
      // An hour in which three of ten answer; then, or not, a stretch of the list that the law refuses; then a shift.
      const beganAt = 1_772_409_600_000;
      const at = beganAt + 5_000_000;
      const hour = tried('d', 600, beganAt, 6000, (n) => (n % 10 < 3 ? '' : 'no-answer'));
      const refused = tried(
        'r',
        3000,
        beganAt + 3_700_000,
        100,
        (n) => ['refused', 'canceled', 'unknown'][n % 3] ?? '',
      );
      const afterwards = (events: readonly PacingEvent[]) => {
        const state = events.reduce(policy.evolve, policy.initial({ ...config, maxLines: 400 }));
        const shift = Array.from({ length: 20 }, (_, n) => ({ type: 'agent-ready', agentId: `b${n}`, at }) as const);
        return policy.decide(shift.reduce(policy.evolve, state), at + 20_000);
      };
      expect(afterwards([...hour, ...refused])).toBe(afterwards(hour));
    });

    test('does not remember more with every call', () => {
      // The same three hundred steps again and again: what it knows after a hundred rounds is no more than after ten.
      const [round = []] = fc.sample(steps(400), { seed: 24, numRuns: 30 }).sort((a, b) => b.length - a.length);
      const rounds = (count: number) => new Array<readonly Step[]>(count).fill(round).flat();
      const sizeAfter = (count: number) => serialize(play(policy, config, rounds(count), () => {}).state).length;
      expect(sizeAfter(100)).toBeLessThan(sizeAfter(10) * 1.5 + 2000);
    });
  });
}
