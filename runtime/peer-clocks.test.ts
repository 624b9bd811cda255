import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { SteadyClock } from '#ports/clock.ts';
import { type ClusterNode, idOn, TestCluster } from '#test/cluster-kit.ts';
import { ManualClock } from '#test/fakes/manual-clock.ts';
import { tallyActor, tallyProtocol } from '#test/fakes/tally-actor.ts';
import { PeerClocks } from './peer-clocks.ts';

const minute = 60_000;

describe('one clock among others', () => {
  let clock: ManualClock;
  let clocks: PeerClocks;
  beforeEach(() => {
    clock = new ManualClock();
    clocks = new PeerClocks(clock);
  });

  /** A second in which each of the others says that it is so far ahead of the true time. */
  async function second(...others: readonly number[]): Promise<void> {
    await clock.advance(1000);
    for (const [index, aheadMs] of others.entries()) clocks.heard(`node-${index}`, clock.elapsed() + aheadMs);
    clocks.compare();
  }

  test.each([
    ['goes by the others', [0, 0], minute, 0],
    ['goes by them also where it is behind', [0, 0], -minute, 0],
    ['and by most of them where one is wrong as well', [0, 0, 90_000, 0], minute, 0],
    ['goes by itself where it is off by a little', [0, 0], 4000, 4000],
    ['goes by itself where one other is all there is', [0], minute, minute],
    ['goes by itself where the others do not agree', [0, 30_000], minute, minute],
    ['goes by itself where one other is wrong', [minute, 0], 0, 0],
  ] as const)('%s', async (_name, others, stepMs, aheadMs) => {
    await second(...others);
    clock.step(stepMs);
    await second(...others);
    expect(clocks.now() - clock.elapsed()).toBe(aheadMs);
    expect(clocks.offMs).toBe(stepMs - aheadMs);
  });

  test('tells whole milliseconds, of a steady clock that counts in parts of them too', async () => {
    const parts = { ...clock, now: () => clock.now(), elapsed: () => clock.elapsed() / 3, after: clock.after };
    clocks = new PeerClocks(parts);
    await second(0, 0);
    clock.step(minute + 1);
    expect(Number.isInteger(clocks.now())).toBe(true);
    await second(0.4, 0.7);
    expect([clocks.now(), clocks.offMs].every(Number.isInteger)).toBe(true);
    expect(clocks.offMs).toBeGreaterThan(0);
  });

  test('a step waits for the comparison, and one that brings it back to the others counts at once after it', async () => {
    await second(0, 0);
    clock.step(minute);
    expect(clocks.now()).toBe(clock.elapsed());
    await second(0, 0);
    clock.step(-minute);
    expect(clocks.now()).toBe(clock.elapsed());
    await second(0, 0);
    expect([clocks.now(), clocks.offMs]).toEqual([clock.elapsed(), 0]);
  });

  test('follows a clock that most are set to', async () => {
    await second(0, 0);
    clock.step(minute);
    await second(minute, minute);
    expect([clocks.now() - clock.elapsed(), clocks.offMs]).toEqual([minute, 0]);
  });

  test('heartbeats that come late change nothing as long as a fresh one is among the last', async () => {
    await second(0, 0);
    await second(-20_000, -20_000);
    await second(-20_000, -20_000);
    expect(clocks.offMs).toBe(0);
    for (let count = 0; count < 3; count += 1) await second(0, 0);
    expect([clocks.offMs, clocks.now()]).toEqual([0, clock.elapsed()]);
  });

  test('those that are not heard any more do not count', async () => {
    await second(0, 0);
    clock.step(minute);
    await second(0, 0);
    expect(clocks.offMs).toBe(minute);
    for (let count = 0; count < 6; count += 1) await second(0);
    expect(clocks.offMs).toBe(0);
  });
});

describe('a node whose clock is set a minute ahead', () => {
  let cluster: TestCluster;
  let steppedMs: number;
  beforeEach(() => {
    cluster = new TestCluster();
    steppedMs = 0;
  });
  afterEach(() => cluster.stop());

  const names = ['node-a', 'node-b', 'node-c'];
  const join = async (): Promise<ClusterNode> => {
    const { clock } = cluster;
    const own: SteadyClock = {
      now: () => clock.now() + steppedMs,
      elapsed: () => clock.elapsed(),
      after: (delayMs, callback) => clock.after(delayMs, callback),
    };
    const a = await cluster.join('node-a', [tallyActor()], { clock: own });
    for (const name of names.slice(1)) await cluster.join(name, [tallyActor()]);
    await cluster.clock.advance(2000);
    return a;
  };

  test('fires no timer too soon, whoever set it, says that it is off, and is right again afterwards', async () => {
    const a = await join();
    const startMs = cluster.clock.now();
    const [here, other] = [idOn('node-a', names), idOn('node-b', names)];
    const remind = (id: string, atMs: number) =>
      cluster.meanwhile(a.runtime.ask(tallyProtocol, id, { type: 'Remind', key: 'k', atMs, amount: 1 }), 0);
    await remind(here, startMs + 30_000);
    steppedMs = minute;
    await cluster.clock.advance(3000);
    await remind(other, startMs + 30_000);
    expect(a.runtime.clockOffMs).toBe(minute);
    await cluster.clock.advance(40_000);
    for (const id of [here, other]) {
      const atMs = cluster.data.streams.get(`tally/${id}`)?.map((entry) => entry.atMs - startMs);
      expect(atMs?.at(-1)).toBeGreaterThanOrEqual(30_000);
      expect(atMs?.at(-1)).toBeLessThanOrEqual(32_000);
    }
    steppedMs = 0;
    await cluster.clock.advance(2000);
    expect(a.runtime.clockOffMs).toBe(0);
  });
});
