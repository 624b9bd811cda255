/** What is known of a node: whether it is there, and what it was told last. */
import type { NodeEvent } from '#proto/generated/node.ts';

/** unknown → up → draining → drained → undraining → up; undraining → draining where it leaves; left from anywhere, and up again with the next start. */
export type Phase = 'unknown' | 'up' | 'draining' | 'drained' | 'undraining' | 'left';

export interface NodeState {
  readonly phase: Phase;
  /** Its name in the commits that it writes: new at each start. */
  readonly life: string;
  readonly roles: readonly string[];
  readonly version: string;
  readonly startedAtMs: number;
  /** How many orders to drain or to take actors again there were: the number of the last one. */
  readonly order: number;
  /** Who gave the last order of this life, and why. */
  readonly by: string;
  readonly reason: string;
  /** Why the node refused it; empty where it did not. */
  readonly refusal: string;
}

const noOrder = { by: '', reason: '', refusal: '' };

export function initial(): NodeState {
  return { phase: 'unknown', life: '', roles: [], version: '', startedAtMs: 0, order: 0, ...noOrder };
}

export function evolve(state: NodeState, event: NodeEvent): NodeState {
  switch (event.type) {
    case 'NodeStarted': {
      const { life, roles, version, atMs } = event;
      // What was asked of an earlier life died with it: a node that starts takes actors.
      return { phase: 'up', life, roles, version, startedAtMs: atMs, order: state.order, ...noOrder };
    }
    case 'NodeLeft':
      return { ...state, phase: 'left' };
    case 'DrainRequested':
      return {
        ...state,
        phase: 'draining',
        order: state.order + 1,
        by: event.by,
        reason: event.reason,
        refusal: '',
      };
    case 'UndrainRequested':
      return { ...state, phase: 'undraining', order: state.order + 1, by: event.by, reason: '', refusal: '' };
    case 'NodeDrained':
      return { ...state, phase: 'drained' };
    case 'NodeUndrained':
      return { ...state, phase: 'up' };
    case 'DrainRefused':
      return { ...state, phase: 'up', refusal: event.reason };
    case 'UndrainRefused':
      return { ...state, phase: 'draining', refusal: event.reason };
  }
}
