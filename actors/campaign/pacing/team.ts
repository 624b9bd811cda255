/**
 * Who of the team is ready, and which attempts are out: what every policy for agents counts. Plain data (Maps and Sets
 * of ids in play), so that it can be part of a snapshot; it forgets a call with its end and an agent who goes away.
 */
import type { PacingEvent } from './policy.ts';

export interface Team {
  /** Signed on: ready, talking or wrapping up. */
  readonly signedOn: Set<string>;
  readonly ready: Set<string>;
  /** Attempts that nobody has answered yet. */
  readonly pending: Set<string>;
  /** Answered, and waiting for an agent. */
  readonly waiting: Set<string>;
}

export function freshTeam(): Team {
  return { signedOn: new Set(), ready: new Set(), pending: new Set(), waiting: new Set() };
}

/** Follows an event; one about a call or an agent that nobody has heard of changes nothing that matters. */
export function follow(team: Team, event: PacingEvent): void {
  switch (event.type) {
    case 'attempt-started':
      team.pending.add(event.callId);
      break;
    case 'attempt-answered':
      if (team.pending.delete(event.callId)) team.waiting.add(event.callId);
      break;
    case 'attempt-failed':
    case 'call-abandoned':
    case 'call-ended':
    case 'call-connected':
      if (event.type === 'call-connected') team.ready.delete(event.agentId);
      team.pending.delete(event.callId);
      team.waiting.delete(event.callId);
      break;
    case 'agent-ready':
      team.signedOn.add(event.agentId);
      team.ready.add(event.agentId);
      break;
    case 'agent-away':
      team.signedOn.delete(event.agentId);
      team.ready.delete(event.agentId);
      break;
  }
}
