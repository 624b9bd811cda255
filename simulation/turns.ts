/**
 * A queue whose members may leave before their turn: each stands in it under a number with the turn that it had when it
 * came, and whoever has another turn by now is passed over.
 */
export interface Turns {
  readonly of: number[];
  readonly turns: number[];
  head: number;
}

/** Whether who stands under a number with a turn is still there. */
export type IsThere = (number: number, turn: number) => boolean;

export function noTurns(): Turns {
  return { of: [], turns: [], head: 0 };
}

export function enqueue(queue: Turns, number: number, turn: number): void {
  queue.of.push(number);
  queue.turns.push(turn);
}

/** Who is there and has waited longest, -1: nobody. It stays; those before it who have left are forgotten. */
export function firstOf(queue: Turns, isThere: IsThere): number {
  while (queue.head < queue.of.length) {
    const number = queue.of[queue.head] as number;
    if (isThere(number, queue.turns[queue.head] as number)) return number;
    queue.head++;
  }
  queue.of.length = 0;
  queue.turns.length = 0;
  queue.head = 0;
  return -1;
}

/** As `firstOf`, for a narrower question: nobody is forgotten. */
export function findFirst(queue: Turns, isThere: IsThere): number {
  for (let at = queue.head; at < queue.of.length; at++) {
    const number = queue.of[at] as number;
    if (isThere(number, queue.turns[at] as number)) return number;
  }
  return -1;
}
