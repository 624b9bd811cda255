/** Time as the house sees it. Tests turn the hands themselves; nothing else in runtime/ reads the clock. */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
  /** Calls back once after `delayMs`; the function returned takes it back. */
  after(delayMs: number, callback: () => void): () => void;
}
