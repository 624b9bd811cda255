/** What follows from an order: the node is told, for as long as it takes to reach it. */
import type { NodeCommand, NodeEvent } from '#proto/generated/node.ts';
import { type Effect, run } from '#runtime/effects.ts';
import type { NodeState } from './state.ts';

/** What a node is told. */
export interface NodeOrder {
  /** Higher than that of every earlier order. */
  readonly order: number;
  /** The life of the node that it is meant for. */
  readonly life: string;
  /** Whether actors are to be placed on it. */
  readonly hosting: boolean;
}

export function react(state: NodeState, event: NodeEvent): readonly Effect<NodeCommand>[] {
  return event.type === 'DrainRequested' || event.type === 'UndrainRequested' ? outstanding(state) : [];
}

/** The node takes an order once, however often it is told. */
export function resume(state: NodeState): readonly Effect<NodeCommand>[] {
  return outstanding(state);
}

export function isWakeful(state: NodeState): boolean {
  return state.phase === 'draining' || state.phase === 'undraining';
}

function outstanding(state: NodeState): readonly Effect<NodeCommand>[] {
  if (!isWakeful(state)) return [];
  const order: NodeOrder = { order: state.order, life: state.life, hosting: state.phase === 'undraining' };
  return [run('order', order, `order:${state.order}`)];
}
