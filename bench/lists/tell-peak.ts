/** Loaded before a program: what it took, told at its end on its standard error. */
import { isMainThread } from 'node:worker_threads';

/** What a process took. */
export interface Taken {
  readonly seconds: number;
  /** Of all its threads together. */
  readonly cpuSeconds: number;
  /** Memory of the whole process at its highest. */
  readonly peakMiB: number;
}

if (isMainThread) {
  process.once('exit', () => {
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
    const taken: Taken = {
      seconds: performance.now() / 1000,
      cpuSeconds: (userCPUTime + systemCPUTime) / 1e6,
      peakMiB: maxRSS / 1024,
    };
    process.stderr.write(`${JSON.stringify(taken)}\n`);
  });
}
