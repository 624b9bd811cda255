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

/** What the agent, or an operator for it, would have to do before this. */
const doFirst: Readonly<Record<Phase, string>> = {
  offline: 'sign in first',
  'signing-in': 'answer the phone first',
  ready: 'choose another, or wait',
  previewing: 'accept or skip the contact first',
  reserved: 'wait for the end of the call',
  talking: 'wait for the end of the call',
  holding: 'wait for the end of the call',
  wrapping: 'become ready first',
  break: 'become ready first',
  monitoring: 'become ready first',
};

export function notNow({ phase }: { readonly phase: Phase }, { actorId }: CommandMeta): Refused {
  return reject('AGENT_NOT_READY', `Agent ${actorId} is ${phase} and cannot do that now: ${doFirst[phase]}.`);
}
