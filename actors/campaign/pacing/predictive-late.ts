/**
 * Events that come twice or late: what has passed for a call or an agent does not begin again. Calls that are over are
 * known for some seconds more.
 */
import type { Lines } from './lines.ts';
import type { PacingEvent } from './policy.ts';
import type { Learned } from './predictive-learned.ts';
import type { Team } from './team.ts';

// Looked up once: where tests run, each look at a global costs more than what it does.
const { abs } = Math;

/** Plain data that `notePassed` changes in place. */
export interface Passed {
  /** Calls that are over, and since when. */
  readonly overAtMs: Map<string, number>;
  /** Since when agents have been talking. */
  readonly busySinceMs: Map<string, number>;
}

/** No event comes so late. */
const latestMs = 10_000;

export function freshPassed(): Passed {
  return { overAtMs: new Map(), busySinceMs: new Map() };
}

/** Whether the event tells of what has passed already, and is to change nothing. */
export function isLate(
  { passed, lines, learned, team }: { passed: Passed; lines: Lines; learned: Learned; team: Team },
  event: PacingEvent,
): boolean {
  const isBefore = (sinceMs: number | undefined) => sinceMs !== undefined && event.at < sinceMs;
  switch (event.type) {
    case 'attempt-started':
      return (
        team.pending.has(event.callId) ||
        team.waiting.has(event.callId) ||
        isBefore(learned.talkingSinceMs.get(event.callId)) ||
        isBefore(lines.harboured.get(event.callId)) ||
        isBefore(passed.overAtMs.get(event.callId))
      );
    case 'attempt-answered':
      // Nor is a call that nobody started one whose answer earns anything.
      return !team.pending.has(event.callId);
    case 'call-connected':
      return isBefore(passed.overAtMs.get(event.callId));
    case 'call-abandoned':
      return lines.harboured.has(event.callId);
    case 'agent-ready':
      return isBefore(passed.busySinceMs.get(event.agentId));
    default:
      return false;
  }
}

/** Follows an event that is not late. */
export function notePassed({ overAtMs, busySinceMs }: Passed, event: PacingEvent): void {
  switch (event.type) {
    case 'call-connected':
      busySinceMs.set(event.agentId, event.at);
      break;
    case 'agent-ready':
    case 'agent-away':
      busySinceMs.delete(event.agentId);
      break;
    case 'attempt-failed':
    case 'call-ended':
      if ('agentId' in event) busySinceMs.delete(event.agentId);
      // Maps keep their order: the oldest come first.
      for (const [callId, atMs] of overAtMs) {
        if (abs(event.at - atMs) < latestMs) break;
        overAtMs.delete(callId);
      }
      overAtMs.delete(event.callId);
      overAtMs.set(event.callId, event.at);
      break;
  }
}
