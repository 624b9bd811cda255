/** What a practice agent does after a talk. Pure: all of it follows from the seed, the agent and the number of the talk. */
import { chanceOf } from '#practice/chance.ts';

export interface Behaviour {
  /** From the end of the talk until the agent has named what became of it, ms. */
  readonly wrapUpMs: number;
  readonly disposition: string;
  /** A break before the next call, ms; 0: none. */
  readonly breakMs: number;
}

/** What may become of a talk in the demo: paths in the tree of its campaign. */
export const demoDispositions = ['sale/new', 'sale/renewed', 'callback', 'not interested'] as const;

const shortestWrapUpMs = 2000;
const longestWrapUpMs = 8000;
/** One talk in so many is followed by a break. */
const talksForBreak = 8;
const breakMs = 10_000;

/** The same seed, agent and talk do the same. */
export function behaviourOf(seed: number, agentId: string, talk: number): Behaviour {
  const chance = chanceOf(`${seed}/${agentId}/${talk}`);
  const wrapUpMs = Math.round(shortestWrapUpMs + chance() * (longestWrapUpMs - shortestWrapUpMs));
  const disposition = demoDispositions[Math.floor(chance() * demoDispositions.length)] ?? demoDispositions[0];
  return { wrapUpMs, disposition, breakMs: chance() < 1 / talksForBreak ? breakMs : 0 };
}
