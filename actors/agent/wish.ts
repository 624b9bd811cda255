/** Who wanted something done, the agent or an operator for it, and the refusal where it is doing something else. */
import { type CommandMeta, type Refused, reject } from '#runtime/decision.ts';
import type { Phase } from './state.ts';

export interface Wish {
  /** Name of the operator; absent: the agent. */
  readonly by?: string;
}

/** The operator's name for the event of it; nothing where the agent wanted it. */
export function byOf({ by }: Wish): Wish {
  return by ? { by } : {};
}

export function busy({ phase }: { readonly phase: Phase }, { actorId }: CommandMeta): Refused {
  return reject('AGENT_NOT_READY', `Agent ${actorId} is ${phase}, not ready: choose another, or wait.`);
}
