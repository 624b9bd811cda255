/**
 * How many attempts to start now. A policy is pure: it sees events with their times and keeps what it must know,
 * so the same code paces a live campaign, a simulation and a replay.
 */

export interface PacingConfig {
  /** Share of answered calls that may find no agent, 0 to 1. */
  readonly maxAbandonRate: number;
  /** An answered call without an agent for this long is abandoned. */
  readonly connectDeadlineMs: number;
  /** From the INVITE to CANCEL. */
  readonly ringTimeoutMs: number;
  /** Attempts and calls at once, 1 or more. */
  readonly maxLines: number;
  /** How often `decide` is asked when nothing happens. */
  readonly tickMs: number;
  /** New attempts a second; no limit when absent. */
  readonly callsPerSecond?: number;
}

/** What happened, in milliseconds since 1970. */
export type PacingEvent = { readonly at: number } & (
  | {
      readonly type: 'attempt-started' | 'attempt-ringing' | 'attempt-answered' | 'call-abandoned';
      readonly callId: string;
    }
  | { readonly type: 'attempt-failed'; readonly callId: string; readonly cause: string }
  /** `call-ended`: the agent wraps up; an empty agentId where no agent was on the call. */
  | { readonly type: 'call-connected' | 'call-ended'; readonly callId: string; readonly agentId: string }
  | { readonly type: 'agent-ready' | 'agent-away'; readonly agentId: string }
);

/** Causes that are our own: the law refused the attempt, somebody withdrew it, or nobody knows what became of it. */
const ours = new Set(['refused', 'canceled', 'unknown']);

/** Whether an attempt that failed by this cause was one at all: of one that the network never tried, nothing is learned. */
export function wasTried(cause: string): boolean {
  return !ours.has(cause);
}

export interface PacingPolicy<S> {
  initial(config: PacingConfig): S;
  evolve(state: S, event: PacingEvent): S;
  /** A whole number, 0 or more. */
  decide(state: S, nowMs: number): number;
}
