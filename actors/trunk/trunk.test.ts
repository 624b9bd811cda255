import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type TrunkEvent, trunkProtocol } from '#proto/generated/trunk.ts';
import { run, startTicking, stopTicking } from '#runtime/effects.ts';
import { given } from '#test/given.ts';
import { decide } from './decide.ts';
import { isWakeful, react, resume } from './react.ts';
import { evolve, initial } from './state.ts';

const trunk = { protocol: trunkProtocol, initial, decide, evolve, react, resume, isWakeful };
const settings = { uri: 'sip:127.0.0.1:5060', maxChannels: 2, callsPerSecond: 10, leaseMs: 60_000 };
const configured: TrunkEvent = { type: 'TrunkConfigured', ...settings };
const reserved = (callId: string, atMs: number) => ({ type: 'ChannelReserved', callId, atMs }) as const;
const watching = (key: string) => [
  run('watch-health', {}, key),
  startTicking('leases', 10_000, { type: 'ExpireLeases' as const }),
];
const unwatching = (key: string) => [run('unwatch-health', {}, key), stopTicking('leases')];

describe('a trunk', () => {
  test('is configured once, however often it is told the same', () => {
    given(trunk)
      .when({ type: 'ConfigureTrunk', ...settings })
      .then(configured)
      .when({ type: 'ConfigureTrunk', ...settings })
      .then()
      .when({ type: 'ConfigureTrunk', ...settings, maxChannels: 3 })
      .then({ ...configured, maxChannels: 3 });
  });

  test('refuses limits under which no call could be made', () => {
    given(trunk)
      .when({ type: 'ConfigureTrunk', ...settings, maxChannels: 0 })
      .thenRejected('TRUNK_LIMITS')
      .when({ type: 'ConfigureTrunk', ...settings, callsPerSecond: 0 })
      .thenRejected('TRUNK_LIMITS');
  });

  test('lends a channel, the same again to the same call, and watches the gateway from the first on', () => {
    given(trunk, configured)
      .when({ type: 'ReserveChannel', callId: 'c.1.1' }, { actorId: 't', nowMs: 1000 })
      .then(reserved('c.1.1', 1000))
      .thenReply({ type: 'RouteGranted', trunkId: 't' })
      .thenEffects(...watching('watch:1000'))
      .when({ type: 'ReserveChannel', callId: 'c.1.1' }, { nowMs: 1001 })
      .then()
      .thenReply({ type: 'RouteGranted', trunkId: 't' })
      .when({ type: 'ReserveChannel', callId: 'c.2.1' }, { nowMs: 1001 })
      .then(reserved('c.2.1', 1001))
      .thenEffects();
  });

  test('that nobody configured sends the call away', () => {
    given(trunk).when({ type: 'ReserveChannel', callId: 'c.1.1' }).thenRejected('TRUNK_UNKNOWN');
  });

  test('that is full says when to ask again', () => {
    const full = given(trunk, configured, reserved('a', 1), reserved('b', 2)).when({
      type: 'ReserveChannel',
      callId: 'c',
    });
    expect(full.thenRejected('TRUNK_FULL').rejection?.retryAfterMs).toBe(500);
  });

  test('is not held up by what a node granted whose clock was a minute ahead', () => {
    const slow = { ...configured, maxChannels: 9, callsPerSecond: 1 };
    given(trunk, slow, reserved('a', 61_000))
      .when({ type: 'ReserveChannel', callId: 'b' }, { nowMs: 1000 })
      .then(reserved('b', 1000))
      .when({ type: 'ReserveChannel', callId: 'c' }, { nowMs: 1500 })
      .thenRejected('TRUNK_RATE');
  });

  test('keeps its rate where the clocks of two nodes differ by a little', () => {
    const slow = { ...configured, maxChannels: 9, callsPerSecond: 1 };
    given(trunk, slow, reserved('a', 1200))
      .when({ type: 'ReserveChannel', callId: 'b' }, { nowMs: 1000 })
      .thenRejected('TRUNK_RATE');
  });

  test('takes a channel back once, and stops watching with the last', () => {
    given(trunk, configured, reserved('a', 1), reserved('b', 2))
      .when({ type: 'ReleaseChannel', callId: 'a' })
      .then({ type: 'ChannelReleased', callId: 'a' })
      .thenEffects()
      .when({ type: 'ReleaseChannel', callId: 'a' })
      .then()
      .when({ type: 'ReleaseChannel', callId: 'b' })
      .then({ type: 'ChannelReleased', callId: 'b' })
      .thenEffects(...unwatching('unwatch:b'));
  });

  test('refuses while the gateway is silent, and lends again when it is back', () => {
    given(trunk, configured, reserved('a', 1))
      .when({ type: 'ReportHealth', healthy: false, sipStatus: 0, roundTripMs: 0 }, { nowMs: 10 })
      .then({ type: 'TrunkWentDown', sipStatus: 0, atMs: 10 })
      .when({ type: 'ReportHealth', healthy: false, sipStatus: 0, roundTripMs: 0 }, { nowMs: 11 })
      .then()
      .when({ type: 'ReserveChannel', callId: 'b' })
      .thenRejected('TRUNK_DOWN')
      .when({ type: 'ReportHealth', healthy: true, sipStatus: 200, roundTripMs: 3 }, { nowMs: 2000 })
      .then({ type: 'TrunkWentUp', sipStatus: 200, roundTripMs: 3, atMs: 2000 })
      .when({ type: 'ReserveChannel', callId: 'b' }, { nowMs: 2001 })
      .then(reserved('b', 2001));
  });

  test('that is configured anew gets another chance', () => {
    const down: TrunkEvent = { type: 'TrunkWentDown', sipStatus: 0, atMs: 10 };
    given(trunk, configured, down)
      .when({ type: 'ConfigureTrunk', ...settings })
      .then(configured)
      .thenEffects(...unwatching('unwatch:configured'))
      .when({ type: 'ReserveChannel', callId: 'b' }, { nowMs: 20 })
      .then(reserved('b', 20));
  });

  test('frees what a lost call never gave back', () => {
    given(trunk, configured, reserved('a', 1000), reserved('b', 5000))
      .when({ type: 'ExpireLeases' }, { nowMs: 61_000 })
      .then({ type: 'ChannelLeaseExpired', callId: 'a', atMs: 61_000 })
      .when({ type: 'ExpireLeases' }, { nowMs: 61_001 })
      .then();
  });

  test('is woken after a crash while it lends channels or is down, and watches again', () => {
    const lending = given(trunk, configured, reserved('a', 1));
    expect(lending.wakeful).toBe(true);
    expect(lending.resumed).toEqual([
      ...watching('watch:resume'),
      run('review-leases', { callIds: ['a'] }, 'review:resume'),
    ]);
    const down: TrunkEvent = { type: 'TrunkWentDown', sipStatus: 0, atMs: 9 };
    expect(given(trunk, configured, down).wakeful).toBe(true);
    const idle = given(trunk, configured);
    expect([idle.wakeful, idle.resumed]).toEqual([false, []]);
  });

  test('describes itself', () => {
    given(trunk, configured, reserved('a', 1), { type: 'TrunkWentUp', sipStatus: 405, roundTripMs: 7, atMs: 2 })
      .when({ type: 'DescribeTrunk' })
      .then()
      .thenReply({ type: 'TrunkDescribed', ...pick(), channelsInUse: 1, healthy: true, roundTripMs: 7 });
  });

  test('never lends more than its rate in any second, nor more than its channels', () => {
    const limits = fc.record({
      rate: fc.double({ min: 0.2, max: 30, noNaN: true }),
      channels: fc.integer({ min: 1, max: 50 }),
    });
    const steps = fc.array(fc.record({ waitMs: fc.integer({ min: 0, max: 700 }), release: fc.boolean() }), {
      maxLength: 80,
    });
    fc.assert(
      fc.property(limits, steps, ({ rate, channels }, asked) => {
        let state = evolve(initial(), { ...configured, maxChannels: channels, callsPerSecond: rate });
        let nowMs = 1_000_000;
        const grants: number[] = [];
        for (const [index, { waitMs, release }] of asked.entries()) {
          nowMs += waitMs;
          const meta = { actorId: 't', commandId: `${index}`, correlationId: '', sender: '', nowMs };
          const decided = decide(state, { type: 'ReserveChannel', callId: `c${index}` }, meta);
          if ('events' in decided) {
            state = decided.events.reduce(evolve, state);
            grants.push(nowMs);
          }
          expect(Object.keys(state.leases).length).toBeLessThanOrEqual(channels);
          if (release) state = evolve(state, { type: 'ChannelReleased', callId: `c${index}` });
        }
        const windowMs = Math.max(1, Math.floor(rate)) * (1000 / rate);
        for (const from of grants) {
          const within = grants.filter((at) => at >= from && at < from + windowMs).length;
          expect(within).toBeLessThanOrEqual(Math.max(1, Math.floor(rate)));
        }
      }),
    );
  });
});

function pick() {
  const { uri, maxChannels, callsPerSecond } = settings;
  return { uri, maxChannels, callsPerSecond };
}
