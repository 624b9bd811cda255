/** Who wanted something done: the agent, or an operator for it. */

export interface Wish {
  /** Name of the operator; absent: the agent. */
  readonly by?: string;
}

/** The operator's name for the event of it; nothing where the agent wanted it. */
export function byOf({ by }: Wish): Wish {
  return by ? { by } : {};
}
