/** A day on the floor, event by event. Pure: the same policy and day give the same result, and time is only a number. */
import type { PacingPolicy } from '#actors/campaign/pacing/policy.ts';
import type { Day } from './day.ts';
import { createEventQueue } from './event-queue.ts';
import { openFloor, type SimulateOptions } from './floor.ts';
import type { DayResult } from './result.ts';

// Looked up once: where tests run, each look at a global costs more than what it does.
const { min } = Math;

/** Runs the day to its end: the last call after the dialing hours, or after the list is used up. */
export function simulateDay<S>(policy: PacingPolicy<S>, day: Day, options: SimulateOptions = {}): DayResult {
  const originMs = min(day.fromMs, ...day.agents.map(({ stints }) => stints[0]?.fromMs ?? day.fromMs));
  const queue = createEventQueue();
  const floor = openFloor(policy, day, options, queue, originMs);
  let tickAtMs = day.fromMs;
  for (;;) {
    const nextMs = originMs + queue.nextAtMs();
    if (tickAtMs < nextMs && floor.isOpen()) {
      floor.tick(tickAtMs);
      tickAtMs += day.config.tickMs;
      continue;
    }
    if (!queue.take()) return floor.result();
    floor.happens(queue.kind, queue.subject, queue.generation, nextMs);
  }
}
