import { setTimeout as setTimer } from 'node:timers';
import type { Clock } from '#ports/clock.ts';

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (delayMs, callback) => {
    const timer = setTimer(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
