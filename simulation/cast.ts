/** Calls and agents as the simulator keeps them, and what can happen to them: small numbers, because a day has many. */
import { type Day, type Draw, emptyDraw } from './day.ts';

/** What can happen: to the day, to calls, to agents. */
export const closes = 0;
export const rings = 1;
export const attemptFails = 2;
export const answers = 3;
export const deadline = 4;
export const hangsUp = 5;
export const talkEnds = 6;
export const harbourEnds = 7;
export const wrapEnds = 8;
export const stintStarts = 9;
export const stintEnds = 10;
export const looked = 11;

/** Where a call is. */
export const dialing = 0;
export const waiting = 1;
export const talking = 2;
export const abandoned = 3;

/** What an agent does. */
export const away = 0;
export const ready = 1;
export const busy = 2;

/** A place for calls, one after the other. */
export interface Call {
  readonly slot: number;
  id: string;
  phase: number;
  /** Raised when the slot is used again: events of an earlier call are void. */
  generation: number;
  readonly draw: Draw;
  agent: number;
  /** Who dialed it, where agents dial; -1: nobody. */
  owner: number;
  answer: number;
  answeredAtMs: number;
  human: boolean;
}

export interface Agent {
  readonly id: string;
  readonly pace: number;
  doing: number;
  /** Its stint is over: it goes when the call is done. */
  leaving: boolean;
  readySinceMs: number;
  /** Raised with every change to ready, so that older places in the queue are void. */
  turn: number;
  /** Whether an attempt of its own is out. */
  dials: boolean;
  wrapMs: number;
}

export function agentsOf(day: Day): readonly Agent[] {
  const fresh = { doing: away, leaving: false, readySinceMs: 0, turn: 0, dials: false, wrapMs: 0 };
  return day.agents.map(({ id, pace }) => ({ id, pace, ...fresh }));
}

/** Places that are used again, so that a day needs as many as it has lines. */
export interface Slots {
  readonly calls: readonly Call[];
  /** A place for the call of that name, dialed by an agent or, -1, by nobody. */
  take(id: string, owner: number): Call;
  /** The call is over: what was still to happen to it is void. */
  giveBack(call: Call): void;
}

export function callSlots(): Slots {
  const calls: Call[] = [];
  const free: number[] = [];

  function add(): Call {
    const fresh = { id: '', phase: dialing, generation: 0, agent: -1, owner: -1, answer: 0, answeredAtMs: 0 };
    const call = { slot: calls.length, draw: emptyDraw(), human: false, ...fresh };
    calls.push(call);
    return call;
  }

  return {
    calls,
    take(id, owner) {
      const slot = free.pop();
      const call = slot === undefined ? add() : (calls[slot] as Call);
      call.id = id;
      call.phase = dialing;
      call.owner = owner;
      call.agent = -1;
      return call;
    },
    giveBack(call) {
      call.generation++;
      free.push(call.slot);
    },
  };
}
