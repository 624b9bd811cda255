/**
 * What an actor wants done once its events are durable, as data. Pure: importable by react.
 *
 * Effects are at-least-once. `key` names one within its actor for ever: the same key from `react` and, after a
 * crash, from `resume` is the same effect, and whoever performs it does so once.
 */
import type { Protocol, Tagged } from '#proto/codec.ts';

/** Sends a command to another actor, under the command id `kind/id:key`. */
export interface Tell {
  readonly type: 'tell';
  readonly protocol: Protocol<Tagged, Tagged, Tagged>;
  readonly id: string;
  readonly command: Tagged;
  readonly key: string;
}

/** Runs one of the actor's executors, which talks to a port. What comes of it comes back as a command. */
export interface Run {
  readonly type: 'run';
  readonly executor: string;
  readonly input: unknown;
  readonly key: string;
}

/** Sends the actor a command at a time, also when it was passivated or its node has died meanwhile. */
export interface SetTimer<C> {
  readonly type: 'set-timer';
  readonly key: string;
  readonly atMs: number;
  readonly command: C;
}

export interface ClearTimer {
  readonly type: 'clear-timer';
  readonly key: string;
}

/** Sends the actor a command again and again while it is in memory. Not durable: `resume` starts it anew. */
export interface StartTicking<C> {
  readonly type: 'start-ticking';
  readonly key: string;
  readonly everyMs: number;
  readonly command: C;
}

export interface StopTicking {
  readonly type: 'stop-ticking';
  readonly key: string;
}

export type Effect<C> = Tell | Run | SetTimer<C> | ClearTimer | StartTicking<C> | StopTicking;

export function tell<C extends Tagged, E extends Tagged, R extends Tagged>(
  protocol: Protocol<C, E, R>,
  id: string,
  command: C,
  key: string,
): Tell {
  return { type: 'tell', protocol: protocol as unknown as Tell['protocol'], id, command, key };
}

export function run(executor: string, input: unknown, key: string): Run {
  return { type: 'run', executor, input, key };
}

export function setTimer<C>(key: string, atMs: number, command: C): SetTimer<C> {
  return { type: 'set-timer', key, atMs, command };
}

export function clearTimer(key: string): ClearTimer {
  return { type: 'clear-timer', key };
}

export function startTicking<C>(key: string, everyMs: number, command: C): StartTicking<C> {
  return { type: 'start-ticking', key, everyMs, command };
}

export function stopTicking(key: string): StopTicking {
  return { type: 'stop-ticking', key };
}
