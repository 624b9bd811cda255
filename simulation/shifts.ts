/** What agents do with their day: they come, are ready, look at a contact where they dial for themselves, and go. */
import type { PacingConfig, PacingEvent } from '#actors/campaign/pacing/policy.ts';
import { type Agent, away, busy, looked, ready, stintEnds, stintStarts, wrapEnds } from './cast.ts';
import type { Day } from './day.ts';
import type { Floor } from './measure.ts';
import { enqueue, findFirst, firstOf, noTurns } from './turns.ts';

/** What agents and their calls have in common. It changes in place. */
export interface Scene {
  nowMs: number;
  /** Attempts may start. */
  open: boolean;
  /** Attempts that may still be answered, and callees who wait: as long as there are any, somebody has to be there. */
  unmet: number;
  readonly floor: Floor;
  readonly agents: readonly Agent[];
  /** Agents dial for themselves when they have looked at the contact. */
  readonly agentsDial: boolean;
  readonly config: PacingConfig;
  /** The policy hears of it, and with `tell` is asked then. */
  note(event: PacingEvent): void;
  tell(event: PacingEvent): void;
  ask(): void;
  /** Puts what is to happen into the queue of the day. */
  later(afterMs: number, kind: number, subject: number, generation: number): void;
  /** An attempt of this agent; -1: of nobody. */
  start(owner: number): void;
  /** Whoever has waited longest gets the agent. Whether there was somebody. */
  connectWaiting(number: number): boolean;
}

export interface Shifts {
  /** Puts the stints of everybody into the queue. */
  begin(originMs: number): void;
  happens(kind: number, number: number, turn: number): void;
  /** The agent who has been ready longest; -1: nobody is. */
  nextReady(): number;
  /** The same, of those whose own attempt is not out. */
  nextToDial(): number;
  look(number: number): void;
  /** The agent goes, and is ready for nobody. */
  leave(number: number): void;
  emptyFloor(): void;
}

export function shiftsOf(scene: Scene, day: Day): Shifts {
  const { agents, agentsDial, config, floor, note, tell, ask, later, start, connectWaiting } = scene;
  const readyQueue = noTurns();
  let looks = 0;

  /** After hours, agents stay as long as somebody may still answer. */
  function emptyFloor(): void {
    if (scene.open || scene.unmet > 0) return;
    for (const [number, agent] of agents.entries()) if (agent.doing === ready) leave(number);
  }

  function leave(number: number): void {
    const agent = agents[number] as Agent;
    if (agent.doing === ready) floor.ready--;
    agent.doing = away;
    agent.leaving = false;
    agent.turn++;
    tell({ type: 'agent-away', agentId: agent.id, at: scene.nowMs });
  }

  function becomeReady(number: number): void {
    const agent = agents[number] as Agent;
    agent.doing = ready;
    agent.readySinceMs = scene.nowMs;
    agent.turn++;
    floor.ready++;
    enqueue(readyQueue, number, agent.turn);
    note({ type: 'agent-ready', agentId: agent.id, at: scene.nowMs });
    if (!connectWaiting(number) && agentsDial) look(number);
    ask();
    emptyFloor();
  }

  /** The agent looks at the next contact, and dials it then. */
  function look(number: number): void {
    if (scene.open) later(day.lookMs(looks++), looked, number, (agents[number] as Agent).turn);
  }

  function isReady(number: number, turn: number): boolean {
    const agent = agents[number] as Agent;
    return agent.doing === ready && agent.turn === turn;
  }

  function isUndialed(number: number, turn: number): boolean {
    return isReady(number, turn) && !(agents[number] as Agent).dials;
  }

  function agentHappens(kind: number, number: number, turn: number): void {
    const agent = agents[number] as Agent;
    switch (kind) {
      case stintStarts:
        agent.leaving = false;
        if (agent.doing === away && (scene.open || scene.unmet > 0)) becomeReady(number);
        break;
      case stintEnds:
        // Who has dialed is kept for that call.
        if (agent.doing === busy || agent.dials) agent.leaving = true;
        else if (agent.doing === ready && scene.open) leave(number);
        break;
      case wrapEnds:
        floor.wrapping--;
        if (agent.leaving || (!scene.open && scene.unmet === 0)) leave(number);
        else becomeReady(number);
        break;
      case looked:
        if (
          scene.open &&
          agent.doing === ready &&
          agent.turn === turn &&
          !agent.dials &&
          floor.lines < config.maxLines
        ) {
          start(number);
          ask();
        }
        break;
    }
  }

  return {
    begin(originMs) {
      for (const [number, { stints }] of day.agents.entries()) {
        for (const { fromMs, toMs } of stints) {
          later(fromMs - originMs, stintStarts, number, 0);
          later(toMs - originMs, stintEnds, number, 0);
        }
      }
    },
    happens: agentHappens,
    nextReady: () => firstOf(readyQueue, isReady),
    leave,
    nextToDial: () => findFirst(readyQueue, isUndialed),
    look,
    emptyFloor,
  };
}
