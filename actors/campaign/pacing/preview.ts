/**
 * The agent sees the contact first. Accepting starts the attempt at once, and the pacer hears of it as of any other;
 * skipping shows the next contact, which the pacer hears as `agent-ready` again; and where the agent does neither, a
 * timer decides.
 */
import { allowed, count, freshLines, type Lines } from './lines.ts';
import type { PacingConfig, PacingPolicy } from './policy.ts';

export interface PreviewState {
  readonly config: PacingConfig;
  readonly lines: Lines;
  /** Agents who look at a contact, and since when, ms. */
  readonly looking: Map<string, number>;
  /** Attempts of agents who have looked, by call; the agent is free to take another call meanwhile. */
  readonly dialing: Map<string, string>;
}

/** Starts an attempt for an agent who has looked at the contact for `timerMs`. */
export function previewOf(timerMs: number): PacingPolicy<PreviewState> {
  return {
    initial: (config) => ({ config, lines: freshLines(config), looking: new Map(), dialing: new Map() }),

    evolve(state, event) {
      const { looking, dialing } = state;
      count(state.lines, state.config, event);
      switch (event.type) {
        case 'agent-ready':
          forget(dialing, event.agentId);
          looking.delete(event.agentId);
          looking.set(event.agentId, event.at);
          break;
        case 'agent-away':
          forget(dialing, event.agentId);
          looking.delete(event.agentId);
          break;
        case 'attempt-started': {
          // It is of whoever has looked the longest: Maps keep their order.
          const [agentId] = looking.keys();
          if (agentId === undefined) break;
          looking.delete(agentId);
          dialing.set(event.callId, agentId);
          break;
        }
        case 'call-connected':
          forget(dialing, event.agentId);
          looking.delete(event.agentId);
          break;
        case 'attempt-failed':
        case 'call-abandoned':
        case 'call-ended': {
          // Nobody was reached: the agent looks at the next contact.
          const agentId = dialing.get(event.callId);
          dialing.delete(event.callId);
          if (agentId !== undefined && agentId !== '') looking.set(agentId, event.at);
          break;
        }
      }
      return state;
    },

    decide({ config, lines, looking }, nowMs) {
      let due = 0;
      for (const sinceMs of looking.values()) {
        if (sinceMs > nowMs - timerMs) break;
        due++;
      }
      return allowed(lines, config, due, nowMs);
    },
  };
}

/** The agent has something else to do now than to look at what its attempt finds. */
function forget(dialing: Map<string, string>, agentId: string): void {
  for (const [callId, owner] of dialing) if (owner === agentId) dialing.delete(callId);
}

/** Twenty seconds to look at a contact. */
export const preview = previewOf(20_000);
