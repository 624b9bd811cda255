/** A line for each ready agent: whoever answers is talked to, so that nobody is abandoned unless an agent leaves. */
import type { PacingConfig, PacingPolicy } from './policy.ts';

export interface ProgressiveState {
  readonly config: PacingConfig;
  readonly ready: readonly string[];
  /** Attempts that nobody talks in yet. */
  readonly open: readonly string[];
  /** Lines in use. */
  readonly lines: readonly string[];
}

export const progressive: PacingPolicy<ProgressiveState> = {
  initial: (config) => ({ config, ready: [], open: [], lines: [] }),

  evolve(state, event) {
    switch (event.type) {
      case 'attempt-started':
        return { ...state, open: [...state.open, event.callId], lines: [...state.lines, event.callId] };
      case 'attempt-failed':
      case 'call-ended':
        return { ...state, open: without(state.open, event.callId), lines: without(state.lines, event.callId) };
      case 'call-abandoned':
        return { ...state, open: without(state.open, event.callId) };
      case 'call-connected':
        return { ...state, open: without(state.open, event.callId), ready: without(state.ready, event.agentId) };
      case 'agent-ready':
        return { ...state, ready: [...without(state.ready, event.agentId), event.agentId] };
      case 'agent-away':
        return { ...state, ready: without(state.ready, event.agentId) };
      default:
        return state;
    }
  },

  decide({ config, ready, open, lines }) {
    return Math.max(0, Math.min(ready.length - open.length, config.maxLines - lines.length));
  },
};

function without(list: readonly string[], gone: string): readonly string[] {
  return list.filter((each) => each !== gone);
}
