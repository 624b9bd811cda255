/** Which fault comes when: the same seed, the same faults. */
import { chanceOf } from '#practice/chance.ts';

export const faultKinds = ['kill', 'freeze', 'bus', 'database', 'cut', 'clock'] as const;
export type FaultKind = (typeof faultKinds)[number];

export interface Fault {
  readonly kind: FaultKind;
  /** Number of the node that it meets, 1 or more; where it meets a server, it is not looked at. */
  readonly node: number;
  /** How long until it is undone, ms. */
  readonly lastsMs: number;
  /** How long nothing happens afterwards, ms. */
  readonly calmMs: number;
  /** One of two ways: a clock goes forward or back, a cut link refuses or loses, storage or its front is killed. */
  readonly otherWay: boolean;
}

/** From and to, s. */
const lasts: Readonly<Record<FaultKind, readonly [number, number]>> = {
  kill: [4, 12],
  // As long as the promise says.
  freeze: [10, 10],
  bus: [2, 8],
  database: [2, 10],
  cut: [5, 15],
  clock: [10, 20],
};
const calm: readonly [number, number] = [6, 12];

/** Endless; each round has every kind once, in an order of its own. */
export function* schedule(seed: number, nodes: number): Generator<Fault, never> {
  const chance = chanceOf(`chaos ${seed}`);
  const between = ([from, to]: readonly [number, number]) => Math.round((from + chance() * (to - from)) * 1000);
  for (;;) {
    const left = [...faultKinds];
    while (left.length > 0) {
      const [kind] = left.splice(Math.floor(chance() * left.length), 1) as [FaultKind];
      const node = 1 + Math.floor(chance() * nodes);
      const otherWay = chance() < 0.5;
      yield { kind, node, lastsMs: between(lasts[kind]), calmMs: between(calm), otherWay };
    }
  }
}
