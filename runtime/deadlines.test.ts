import { describe, expect, test } from '@jest/globals';
import { ManualClock } from '#test/fakes/manual-clock.ts';
import { Deadlines, type Waiting } from './deadlines.ts';

function waiting(): Waiting & { isOver: boolean; expired: number } {
  const who = {
    dueAtMs: 0,
    isOver: false,
    expired: 0,
    expire: () => {
      who.expired += 1;
      who.isOver = true;
    },
  };
  return who;
}

describe('deadlines', () => {
  test('expire those who still wait, each in its time', async () => {
    const clock = new ManualClock();
    const deadlines = new Deadlines(clock);
    const [early, late, answered, patient] = [waiting(), waiting(), waiting(), waiting()];
    deadlines.add(100, early);
    deadlines.add(500, patient);
    await clock.advance(50);
    deadlines.add(100, answered);
    deadlines.add(100, late);
    answered.isOver = true;
    await clock.advance(50);
    expect([early.expired, late.expired]).toEqual([1, 0]);
    await clock.advance(50);
    expect([late.expired, answered.expired, patient.expired]).toEqual([1, 0, 0]);
    await clock.advance(350);
    expect(patient.expired).toBe(1);
  });

  test('go on when the queue has been empty', async () => {
    const clock = new ManualClock();
    const deadlines = new Deadlines(clock);
    const first = waiting();
    deadlines.add(100, first);
    await clock.advance(1000);
    const second = waiting();
    deadlines.add(100, second);
    await clock.advance(99);
    expect([first.expired, second.expired]).toEqual([1, 0]);
    await clock.advance(1);
    expect(second.expired).toBe(1);
  });

  test('that are stopped leave nobody waiting', () => {
    const deadlines = new Deadlines(new ManualClock());
    const [open, answered] = [waiting(), waiting()];
    deadlines.add(100, open);
    deadlines.add(200, answered);
    answered.isOver = true;
    deadlines.stop();
    expect([open.expired, answered.expired]).toEqual([1, 0]);
  });
});
