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

/** Which node is to be looked for on the bus is the actor's id. */
export interface Look {
  /** Higher than that of every earlier look. */
  readonly look: number;
}

export function react(state: NodeState, event: NodeEvent): readonly Effect<NodeCommand>[] {
  if (event.type === 'ForgetRequested') return looks(state);
  return event.type === 'DrainRequested' || event.type === 'UndrainRequested' ? orders(state) : [];
}

/** The node takes an order once, however often it is told. */
export function resume(state: NodeState): readonly Effect<NodeCommand>[] {
  return [...orders(state), ...looks(state)];
}

export function isWakeful(state: NodeState): boolean {
  return state.forgetting || isTold(state);
}

function isTold({ phase }: NodeState): boolean {
  return phase === 'draining' || phase === 'undraining';
}

function orders(state: NodeState): readonly Effect<NodeCommand>[] {
  if (!isTold(state)) return [];
  const order: NodeOrder = { order: state.order, life: state.life, hosting: state.phase === 'undraining' };
  return [run('order', order, `order:${state.order}`)];
}

function looks({ forgetting, looks: look }: NodeState): readonly Effect<NodeCommand>[] {
  return forgetting ? [run('look', { look } satisfies Look, `look:${look}`)] : [];
}
