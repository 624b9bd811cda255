/**
 * A day on the floor, event by event. Pure: the same policy and day give the same result, and time is only a number.
 * A policy is driven as a campaign drives it: `evolve` with each event, `decide` after each and at every tick; the
 * attempts that it asks for start at once, and then it is asked again.
 */
import type { PacingEvent, PacingPolicy } from '#actors/campaign/pacing/policy.ts';
import {
  type Agent,
  abandoned,
  agentsOf,
  answers,
  attemptFails,
  away,
  busy,
  type Call,
  callSlots,
  closes,
  deadline,
  hangsUp,
  harbourEnds,
  looked,
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
import { createEventQueue } from './event-queue.ts';
import { createMeasure, type Floor } from './measure.ts';
import type { DayResult } from './result.ts';
import { enqueue, findFirst, firstOf, noTurns } from './turns.ts';

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

/** Runs the day to its end: the last call after the dialing hours, or after the list is used up. */
export function simulateDay<S>(policy: PacingPolicy<S>, day: Day, options: SimulateOptions = {}): DayResult {
  const { config } = day;
  const { agentsDial = false, onEvent } = options;
  const originMs = min(day.fromMs, ...day.agents.map(({ stints }) => stints[0]?.fromMs ?? day.fromMs));
  const floor: Floor = { lines: 0, ready: 0, talking: 0, withMachine: 0, wrapping: 0 };
  const measure = createMeasure(floor, originMs, day.toMs);
  const queue = createEventQueue();
  const slots = callSlots();
  const { calls } = slots;
  const agents = agentsOf(day);
  const readyQueue = noTurns();
  const waitingQueue = noTurns();
  let state = policy.initial(config);
  let nowMs = originMs;
  let started = 0;
  /** Attempts that may still be answered, and callees who wait: as long as there are any, somebody has to be there. */
  let unmet = 0;
  let looks = 0;
  let decisions = 0;
  let clipped = 0;
  let open = true;
  let begun = false;
  let listUsedUpAtMs: number | undefined;

  function later(afterMs: number, kind: number, subject: number, generation: number): void {
    const atMs = nowMs - originMs + afterMs;
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
    if (!begun || !open) return;
    for (;;) {
      decisions++;
      const wanted = policy.decide(state, nowMs);
      if (wanted <= 0) return;
      const count = min(wanted, config.maxLines - floor.lines, day.listSize - started);
      clipped += wanted - count;
      if (count <= 0) return;
      for (let i = 0; i < count; i++) {
        const owner = agentsDial ? findFirst(readyQueue, isUndialed) : -1;
        if (agentsDial && owner < 0) return;
        start(owner);
      }
      if (!open) return;
    }
  }

  function start(owner: number): void {
    const call = slots.take(`c${started}`, owner);
    const { slot } = call;
    day.draw(started++, nowMs, call.draw);
    if (owner >= 0) (agents[owner] as Agent).dials = true;
    floor.lines++;
    unmet++;
    measure.started();
    const { setupMs, endMs, end } = call.draw;
    if (setupMs >= 0 && setupMs < endMs) later(setupMs, rings, slot, call.generation);
    later(endMs, end === fails ? attemptFails : answers, slot, call.generation);
    note({ type: 'attempt-started', callId: call.id, at: nowMs });
    if (started === day.listSize) {
      listUsedUpAtMs = nowMs;
      close();
    }
  }

  function free(call: Call): void {
    slots.giveBack(call);
    floor.lines--;
    if (call.owner >= 0) {
      const owner = agents[call.owner] as Agent;
      owner.dials = false;
      if (owner.doing === ready && owner.leaving) leave(call.owner);
      else if (owner.doing === ready) look(call.owner);
    }
  }

  function close(): void {
    open = false;
    emptyFloor();
  }

  /** After hours, agents stay as long as somebody may still answer. */
  function emptyFloor(): void {
    if (open || unmet > 0) return;
    for (const [number, agent] of agents.entries()) if (agent.doing === ready) leave(number);
  }

  function leave(number: number): void {
    const agent = agents[number] as Agent;
    if (agent.doing === ready) floor.ready--;
    agent.doing = away;
    agent.leaving = false;
    agent.turn++;
    tell({ type: 'agent-away', agentId: agent.id, at: nowMs });
  }

  function becomeReady(number: number): void {
    const agent = agents[number] as Agent;
    agent.doing = ready;
    agent.readySinceMs = nowMs;
    agent.turn++;
    floor.ready++;
    enqueue(readyQueue, number, agent.turn);
    note({ type: 'agent-ready', agentId: agent.id, at: nowMs });
    const slot = firstOf(waitingQueue, isWaiting);
    if (slot >= 0) connect(calls[slot] as Call, number);
    else if (agentsDial) look(number);
    ask();
    emptyFloor();
  }

  /** The agent looks at the next contact, and dials it then. */
  function look(number: number): void {
    if (open) later(day.lookMs(looks++), looked, number, (agents[number] as Agent).turn);
  }

  function isReady(number: number, turn: number): boolean {
    const agent = agents[number] as Agent;
    return agent.doing === ready && agent.turn === turn;
  }

  function isUndialed(number: number, turn: number): boolean {
    return isReady(number, turn) && !(agents[number] as Agent).dials;
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
    unmet--;
    call.agent = number;
    if (call.human) floor.talking++;
    else floor.withMachine++;
    measure.connected(nowMs - call.answeredAtMs, nowMs - agent.readySinceMs);
    agent.wrapMs = round(call.draw.wrapMs * agent.pace);
    later(max(1, round(call.draw.talkMs * agent.pace)), talkEnds, call.slot, call.generation);
    tell({ type: 'call-connected', callId: call.id, agentId: agent.id, at: nowMs });
  }

  function answer(call: Call): void {
    call.phase = waiting;
    call.answeredAtMs = nowMs;
    call.human = call.draw.end === answersHuman;
    call.answer = measure.answeredNow();
    tell({ type: 'attempt-answered', callId: call.id, at: nowMs });
    const own = call.owner >= 0 && (agents[call.owner] as Agent).doing === ready;
    const number = own ? call.owner : firstOf(readyQueue, isReady);
    if (number >= 0) {
      connect(call, number);
      emptyFloor();
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
    tell({ type: 'call-ended', callId, agentId, at: nowMs });
    emptyFloor();
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
        tell({ type: 'attempt-ringing', callId: call.id, at: nowMs });
        break;
      case attemptFails: {
        const callId = call.id;
        measure.failedNow(call.draw.cause);
        unmet--;
        free(call);
        tell({ type: 'attempt-failed', callId, cause: call.draw.cause, at: nowMs });
        emptyFloor();
        break;
      }
      case answers:
        answer(call);
        break;
      case deadline:
        if (call.phase !== waiting) break;
        call.phase = abandoned;
        unmet--;
        measure.abandonedNow(call.answer);
        later(call.draw.harbourMs, harbourEnds, call.slot, call.generation);
        tell({ type: 'call-abandoned', callId: call.id, at: nowMs });
        emptyFloor();
        break;
      case hangsUp:
        if (call.phase !== waiting) break;
        measure.hungUpNow();
        unmet--;
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

  function agentHappens(kind: number, number: number, turn: number): void {
    const agent = agents[number] as Agent;
    switch (kind) {
      case stintStarts:
        agent.leaving = false;
        if (agent.doing === away && (open || unmet > 0)) becomeReady(number);
        break;
      case stintEnds:
        // Who has dialed is kept for that call.
        if (agent.doing === busy || agent.dials) agent.leaving = true;
        else if (agent.doing === ready && open) leave(number);
        break;
      case wrapEnds:
        floor.wrapping--;
        if (agent.leaving || (!open && unmet === 0)) leave(number);
        else becomeReady(number);
        break;
      case looked:
        if (open && agent.doing === ready && agent.turn === turn && !agent.dials && floor.lines < config.maxLines) {
          start(number);
          ask();
        }
        break;
    }
  }

  queue.add(day.toMs - originMs, closes, 0, 0);
  for (const [number, { stints }] of day.agents.entries()) {
    for (const { fromMs, toMs } of stints) {
      later(fromMs - originMs, stintStarts, number, 0);
      later(toMs - originMs, stintEnds, number, 0);
    }
  }
  let tickAtMs = day.fromMs;
  for (;;) {
    const nextMs = originMs + queue.nextAtMs();
    if (open && tickAtMs < nextMs) {
      nowMs = tickAtMs;
      tickAtMs += config.tickMs;
      begun = true;
      measure.pass(nowMs);
      ask();
      continue;
    }
    if (!queue.take()) break;
    const { kind, subject, generation } = queue;
    // Shifts that go on after hours have nothing more to bring once the floor is empty.
    if (!open && (kind === stintEnds || (kind === stintStarts && unmet === 0))) continue;
    const call = kind > closes && kind < wrapEnds ? (calls[subject] as Call) : undefined;
    if (call && call.generation !== generation) continue;
    nowMs = nextMs;
    measure.pass(nowMs);
    if (kind === closes) {
      if (open) close();
    } else if (call) callHappens(kind, call);
    else agentHappens(kind, subject, generation);
  }
  return measure.result({ decisions, clipped, listUsedUpAtMs });
}
