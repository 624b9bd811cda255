/** What is known of a node: whether it is there, and what it was told last. */
import type { NodeEvent } from '#proto/generated/node.ts';

/**
 * unknown → up → draining → drained → undraining → up; undraining → draining where it leaves; left and forgotten from
 * anywhere, and up again with the next start.
 */
export type Phase = 'unknown' | 'up' | 'draining' | 'drained' | 'undraining' | 'left' | 'forgotten';

export interface NodeState {
  readonly phase: Phase;
  /** Its name in the commits that it writes: new at each start. */
  readonly life: string;
  readonly roles: readonly string[];
  readonly version: string;
  readonly startedAtMs: number;
  /** Somebody wants it forgotten, and it is being looked for. */
  readonly forgetting: boolean;
  /** How often it was to be forgotten: the number of the last look for it. */
  readonly looks: number;
  /** How many orders to drain or to take actors again there were: the number of the last one. */
  readonly order: number;
  /** Who gave the last order of this life, and why. */
  readonly by: string;
  readonly reason: string;
  /** Why the node refused it, or was not forgotten; empty where neither is so. */
  readonly refusal: string;
}

const noLook = { forgetting: false };
const noOrder = { by: '', reason: '', refusal: '' };

export function initial(): NodeState {
  return {
    phase: 'unknown',
    life: '',
    roles: [],
    version: '',
    startedAtMs: 0,
    ...noLook,
    looks: 0,
    order: 0,
    ...noOrder,
  };
}

export function evolve(state: NodeState, event: NodeEvent): NodeState {
  switch (event.type) {
    case 'NodeStarted': {
      const { life, roles, version, atMs } = event;
      // What was asked of an earlier life died with it: a node that starts takes actors.
      const { looks, order } = state;
      return { phase: 'up', life, roles, version, startedAtMs: atMs, ...noLook, looks, order, ...noOrder };
    }
    case 'NodeLeft':
      return { ...state, phase: 'left', ...noLook };
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
    case 'ForgetRequested':
      return { ...state, forgetting: true, looks: state.looks + 1, refusal: '' };
    case 'NodeForgotten':
      return { ...state, phase: 'forgotten', ...noLook };
    case 'ForgetRefused':
      return { ...state, ...noLook, refusal: event.reason };
  }
}
