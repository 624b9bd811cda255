/** For benches: makes a disk as slow as one that others have. */

/** Blocks the thread, as a sync does. */
export function block(ms: number): void {
  if (ms > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
