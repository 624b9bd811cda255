/** Things to do one after the other. */
export interface Turns {
  /** Done when all that was taken before is over. It must not reject. */
  take(work: () => Promise<void>): void;
  /** Resolves when nothing is left to do. */
  over(): Promise<void>;
}

export function createTurns(): Turns {
  let last = Promise.resolve();
  return {
    take(work) {
      last = last.then(work);
    },
    over: () => last,
  };
}
