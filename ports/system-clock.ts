/** The clock on the wall: beside its port, because the runtime and the adapters both need it. */
import type { SteadyClock } from './clock.ts';

/** setTimeout takes at most this; longer waits are made of several. */
const longestMs = 2 ** 31 - 1;

export const systemClock: SteadyClock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after(delayMs, callback) {
    let handle: NodeJS.Timeout;
    const wait = (leftMs: number): void => {
      handle = setTimeout(
        () => (leftMs > longestMs ? wait(leftMs - longestMs) : callback()),
        Math.min(Math.max(leftMs, 0), longestMs),
      );
      // Sockets and threads keep a process alive; once they are gone, nothing that still waits matters to anybody.
      handle.unref();
    };
    wait(delayMs);
    return () => clearTimeout(handle);
  },
};
