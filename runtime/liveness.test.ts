import { describe, expect, test } from '@jest/globals';
import { Liveness } from './liveness.ts';

const patience = { heartbeatMs: 1000, lostAfterMs: 3000, checkMs: 250 };

/** Checks every 250 ms as the discoverer does, while `beat` says who is heard, every second. */
function watched(...beating: string[]) {
  let nowMs = 0;
  const liveness = new Liveness(patience, nowMs);
  const lost: { node: string; atMs: number }[] = [];
  const away: number[] = [];
  let heard = [...beating];
  const step = (ms: number) => {
    nowMs += ms;
    const verdict = liveness.check(nowMs);
    for (const node of verdict.lost) lost.push({ node, atMs: nowMs });
    if (verdict.wasAway) away.push(nowMs);
  };
  const beat = () => {
    for (const node of heard) {
      if (node === 'self') liveness.echoed(nowMs);
      else liveness.heard(node, nowMs);
    }
  };
  beat();
  return {
    liveness,
    lost,
    away,
    beat,
    only: (...nodes: string[]) => {
      heard = nodes;
    },
    run(ms: number) {
      for (const untilMs = nowMs + ms; nowMs < untilMs; ) {
        step(250);
        if (nowMs % 1000 === 0) beat();
      }
    },
    standStill: step,
  };
}

describe('a node', () => {
  test('that is heard every second is never lost', () => {
    const watch = watched('self', 'a', 'b');
    watch.run(60_000);
    expect([watch.lost, watch.away]).toEqual([[], []]);
  });

  test('that falls silent is lost within 3.25 s, once, and the others are not', () => {
    const watch = watched('self', 'a', 'b');
    watch.run(10_000);
    watch.only('self', 'b');
    watch.run(10_000);
    expect(watch.lost).toEqual([{ node: 'a', atMs: 13_250 }]);
  });

  test('that is heard again may be lost again', () => {
    const watch = watched('self', 'a');
    watch.only('self');
    watch.run(5000);
    watch.only('self', 'a');
    watch.run(5000);
    watch.only('self');
    watch.run(5000);
    expect(watch.lost).toHaveLength(2);
  });

  test('that said farewell is not lost', () => {
    const watch = watched('self', 'a');
    watch.only('self');
    watch.liveness.forget('a');
    watch.run(10_000);
    expect(watch.lost).toEqual([]);
  });
});

describe('nobody is judged', () => {
  test('while the bus is down, and all get a fresh grace when it is back', () => {
    const watch = watched('self', 'a', 'b');
    watch.run(5000);
    watch.only();
    watch.run(30_000);
    expect([watch.lost, watch.liveness.isDeaf]).toEqual([[], true]);
    watch.only('self');
    watch.run(2000);
    expect(watch.lost).toEqual([]);
    watch.only('self', 'b');
    watch.run(5000);
    expect(watch.lost.map(({ node }) => node)).toEqual(['a']);
    expect(watch.away).toHaveLength(1);
  });

  test('when the bus dies between two heartbeats of others and our own', () => {
    const watch = watched('self', 'a');
    watch.run(5000);
    watch.only('self');
    watch.run(1000);
    watch.only();
    watch.run(20_000);
    expect(watch.lost).toEqual([]);
  });

  test('after this process stood still, until what waited in the socket was heard', () => {
    const watch = watched('self', 'a');
    watch.run(5500);
    watch.standStill(10_000);
    watch.beat();
    watch.run(10_000);
    expect(watch.lost).toEqual([]);
    expect(watch.away).toEqual([15_500]);
  });

  test('but one that fell silent is lost although this process stands still again and again', () => {
    const watch = watched('self', 'a');
    watch.only('self');
    for (let turn = 0; turn < 40; turn += 1) {
      watch.standStill(1500);
      watch.beat();
      watch.run(1000);
    }
    expect(watch.lost.map(({ node }) => node)).toEqual(['a']);
  });
});
