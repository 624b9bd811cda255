/**
 * What happens on the floor: attempts that ring, are answered or fail, callees who wait, agents who come, talk and go. A
 * policy is driven as a campaign drives it: `evolve` with each event, `decide` after each and at every tick; the attempts
 * that it asks for start at once, and then it is asked again.
 */
import type { PacingEvent, PacingPolicy } from '#actors/campaign/pacing/policy.ts';
import {
  type Agent,
  abandoned,
  agentsOf,
  answers,
  attemptFails,
  busy,
  type Call,
  callSlots,
  closes,
  deadline,
  hangsUp,
  harbourEnds,
  ready,
  rings,
  stintEnds,
  stintStarts,
  talkEnds,
  talking,
  waiting,
  wrapEnds,
} from './cast.ts';
import { answersHuman, type Day, fails } from './day.ts';
import type { EventQueue } from './event-queue.ts';
import { createMeasure, type Floor } from './measure.ts';
import type { DayResult } from './result.ts';
import { type Scene, shiftsOf } from './shifts.ts';
import { enqueue, firstOf, noTurns } from './turns.ts';

// Looked up once: where tests run, each look at a global costs more than what it does.
const { max, min, round } = Math;

export interface SimulateOptions {
  /** Agents dial for themselves when they have looked at the contact: manual and preview dialing. */
  readonly agentsDial?: boolean;
  /** Sees every event that the policy sees. */
  readonly onEvent?: (event: PacingEvent) => void;
}

/** Longest span of a day that the queue of events can hold, ms. */
const longestMs = 2 ** 27 - 1;

/** Where the day takes place; `simulate.ts` has time go by. */
export interface DayFloor {
  /** Attempts may start. */
  isOpen(): boolean;
  /** The policy is asked, whatever has happened; the first time begins the dialing. */
  tick(atMs: number): void;
  /** What was put into the queue happens, unless it cannot any more. */
  happens(kind: number, subject: number, generation: number, atMs: number): void;
  result(): DayResult;
}

/** Puts the day's shifts and its end into the queue, whose times are counted from `originMs`, the first of them. */
export function openFloor<S>(
  policy: PacingPolicy<S>,
  day: Day,
  { agentsDial = false, onEvent }: SimulateOptions,
  queue: EventQueue,
  originMs: number,
): DayFloor {
  const { config } = day;
  const floor: Floor = { lines: 0, ready: 0, talking: 0, withMachine: 0, wrapping: 0 };
  const measure = createMeasure(floor, originMs, day.toMs);
  const slots = callSlots();
  const { calls } = slots;
  const agents = agentsOf(day);
  const waitingQueue = noTurns();
  const scene: Scene = {
    ...{ nowMs: originMs, open: true, unmet: 0, floor, agents, agentsDial, config },
    ...{ note, tell, ask, later, start, connectWaiting },
  };
  const shifts = shiftsOf(scene, day);
  let state = policy.initial(config);
  let started = 0;
  let decisions = 0;
  let clipped = 0;
  let begun = false;
  let listUsedUpAtMs: number | undefined;

  function later(afterMs: number, kind: number, subject: number, generation: number): void {
    const atMs = scene.nowMs - originMs + afterMs;
    if (atMs <= longestMs) queue.add(atMs, kind, subject, generation);
  }

  function note(event: PacingEvent): void {
    state = policy.evolve(state, event);
    if (onEvent) onEvent(event);
  }

  function tell(event: PacingEvent): void {
    note(event);
    ask();
  }

  function ask(): void {
    if (!begun || !scene.open) return;
    for (;;) {
      decisions++;
      const wanted = policy.decide(state, scene.nowMs);
      if (wanted <= 0) return;
      const count = min(wanted, config.maxLines - floor.lines, day.listSize - started);
      clipped += wanted - count;
      if (count <= 0) return;
      for (let i = 0; i < count; i++) {
        const owner = agentsDial ? shifts.nextToDial() : -1;
        if (agentsDial && owner < 0) return;
        start(owner);
      }
      if (!scene.open) return;
    }
  }

  function start(owner: number): void {
    const call = slots.take(`c${started}`, owner);
    const { slot } = call;
    day.draw(started++, scene.nowMs, call.draw);
    if (owner >= 0) (agents[owner] as Agent).dials = true;
    floor.lines++;
    scene.unmet++;
    measure.started();
    const { setupMs, endMs, end } = call.draw;
    if (setupMs >= 0 && setupMs < endMs) later(setupMs, rings, slot, call.generation);
    later(endMs, end === fails ? attemptFails : answers, slot, call.generation);
    note({ type: 'attempt-started', callId: call.id, at: scene.nowMs });
    if (started === day.listSize) {
      listUsedUpAtMs = scene.nowMs;
      close();
    }
  }

  function free(call: Call): void {
    slots.giveBack(call);
    floor.lines--;
    if (call.owner >= 0) {
      const owner = agents[call.owner] as Agent;
      owner.dials = false;
      if (owner.doing === ready && owner.leaving) shifts.leave(call.owner);
      else if (owner.doing === ready) shifts.look(call.owner);
    }
  }

  function close(): void {
    scene.open = false;
    shifts.emptyFloor();
  }

  function isWaiting(slot: number, generation: number): boolean {
    const call = calls[slot] as Call;
    return call.phase === waiting && call.generation === generation;
  }

  function connect(call: Call, number: number): void {
    const agent = agents[number] as Agent;
    floor.ready--;
    agent.doing = busy;
    agent.turn++;
    call.phase = talking;
    scene.unmet--;
    call.agent = number;
    if (call.human) floor.talking++;
    else floor.withMachine++;
    measure.connected(scene.nowMs - call.answeredAtMs, scene.nowMs - agent.readySinceMs);
    agent.wrapMs = round(call.draw.wrapMs * agent.pace);
    later(max(1, round(call.draw.talkMs * agent.pace)), talkEnds, call.slot, call.generation);
    tell({ type: 'call-connected', callId: call.id, agentId: agent.id, at: scene.nowMs });
  }

  /** Whoever has waited longest gets the agent. Whether there was somebody. */
  function connectWaiting(number: number): boolean {
    const slot = firstOf(waitingQueue, isWaiting);
    if (slot >= 0) connect(calls[slot] as Call, number);
    return slot >= 0;
  }

  function answer(call: Call): void {
    call.phase = waiting;
    call.answeredAtMs = scene.nowMs;
    call.human = call.draw.end === answersHuman;
    call.answer = measure.answeredNow();
    tell({ type: 'attempt-answered', callId: call.id, at: scene.nowMs });
    const own = call.owner >= 0 && (agents[call.owner] as Agent).doing === ready;
    const number = own ? call.owner : shifts.nextReady();
    if (number >= 0) {
      connect(call, number);
      shifts.emptyFloor();
      return;
    }
    enqueue(waitingQueue, call.slot, call.generation);
    if (call.draw.patienceMs < config.connectDeadlineMs) {
      later(call.draw.patienceMs, hangsUp, call.slot, call.generation);
    } else later(config.connectDeadlineMs, deadline, call.slot, call.generation);
  }

  function end(call: Call, agentId: string): void {
    const callId = call.id;
    free(call);
    tell({ type: 'call-ended', callId, agentId, at: scene.nowMs });
    shifts.emptyFloor();
  }

  function endTalk(call: Call): void {
    const number = call.agent;
    const agent = agents[number] as Agent;
    if (call.human) floor.talking--;
    else floor.withMachine--;
    floor.wrapping++;
    later(agent.wrapMs, wrapEnds, number, 0);
    end(call, agent.id);
  }

  function callHappens(kind: number, call: Call): void {
    switch (kind) {
      case rings:
        tell({ type: 'attempt-ringing', callId: call.id, at: scene.nowMs });
        break;
      case attemptFails: {
        const callId = call.id;
        measure.failedNow(call.draw.cause);
        scene.unmet--;
        free(call);
        tell({ type: 'attempt-failed', callId, cause: call.draw.cause, at: scene.nowMs });
        shifts.emptyFloor();
        break;
      }
      case answers:
        answer(call);
        break;
      case deadline:
        if (call.phase !== waiting) break;
        call.phase = abandoned;
        scene.unmet--;
        measure.abandonedNow(call.answer);
        later(call.draw.harbourMs, harbourEnds, call.slot, call.generation);
        tell({ type: 'call-abandoned', callId: call.id, at: scene.nowMs });
        shifts.emptyFloor();
        break;
      case hangsUp:
        if (call.phase !== waiting) break;
        measure.hungUpNow();
        scene.unmet--;
        end(call, '');
        break;
      case talkEnds:
        endTalk(call);
        break;
      case harbourEnds:
        end(call, '');
        break;
    }
  }

  function happens(kind: number, subject: number, generation: number, atMs: number): void {
    // Shifts that go on after hours have nothing more to bring once the floor is empty.
    if (!scene.open && (kind === stintEnds || (kind === stintStarts && scene.unmet === 0))) return;
    const call = kind > closes && kind < wrapEnds ? (calls[subject] as Call) : undefined;
    if (call && call.generation !== generation) return;
    scene.nowMs = atMs;
    measure.pass(scene.nowMs);
    if (kind === closes) {
      if (scene.open) close();
    } else if (call) callHappens(kind, call);
    else shifts.happens(kind, subject, generation);
  }

  queue.add(day.toMs - originMs, closes, 0, 0);
  shifts.begin(originMs);
  return {
    isOpen: () => scene.open,
    tick(atMs) {
      scene.nowMs = atMs;
      begun = true;
      measure.pass(scene.nowMs);
      ask();
    },
    happens,
    result: () => measure.result({ decisions, clipped, listUsedUpAtMs }),
  };
}
