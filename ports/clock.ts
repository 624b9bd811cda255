/** Time as the house sees it. Tests turn the hands themselves; nothing else in runtime/ reads the clock. */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
  /** Calls back once after `delayMs`; the function returned takes it back. */
  after(delayMs: number, callback: () => void): () => void;
}

/** A clock that also measures, whatever is done to the time of day. */
export interface SteadyClock extends Clock {
  /** Milliseconds since some moment, never set back or forth: for how long a thing took, not for when it was. */
  elapsed(): number;
}
