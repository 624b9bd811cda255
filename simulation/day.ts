/**
 * What a day brings, whichever policy dials: agents who come and go, and for the nth attempt the person or machine at
 * the other end. The simulator knows nothing else; a scenario makes days, and so does a recorded campaign.
 */
import type { PacingConfig } from '#actors/campaign/pacing/policy.ts';

/** What is at the other end: a small number, because a day has many. */
export const answersHuman = 0;
export const answersMachine = 1;
export const fails = 2;

/** What would become of one attempt; one object is filled again and again. */
export interface Draw {
  /** `answersHuman`, `answersMachine` (a machine that is put through) or `fails`. */
  end: number;
  /** Where it fails: an outcome of proto/call.proto, or `machine` where one was detected. */
  cause: string;
  /** From the INVITE to the first ring, ms; -1: it never rings. */
  setupMs: number;
  /** From the INVITE to the answer or the failure, ms. */
  endMs: number;
  talkMs: number;
  wrapMs: number;
  /** From the answer until the person hangs up where no agent comes; infinite: never. */
  patienceMs: number;
  /** How long the line is kept after an abandonment. */
  harbourMs: number;
}

/** One agent's presence: stints in order, in milliseconds since 1970. */
export interface AgentPlan {
  readonly id: string;
  readonly stints: readonly { readonly fromMs: number; readonly toMs: number }[];
  /** Talk and wrap times are multiplied by it. */
  readonly pace: number;
}

export interface Day {
  readonly name: string;
  readonly config: PacingConfig;
  /** When attempts may start, milliseconds since 1970. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly agents: readonly AgentPlan[];
  /** Leads: no more attempts than that. */
  readonly listSize: number;
  /** Fills `into` with the nth attempt, from 0, started at a time. The same n and time give the same. */
  draw(n: number, atMs: number, into: Draw): void;
  /** How long an agent looks at the nth contact before dialing, where agents dial, ms. */
  lookMs(n: number): number;
}

export function emptyDraw(): Draw {
  return {
    end: fails,
    cause: '',
    setupMs: -1,
    endMs: 0,
    talkMs: 0,
    wrapMs: 0,
    patienceMs: Number.POSITIVE_INFINITY,
    harbourMs: 0,
  };
}
