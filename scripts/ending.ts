/** How a command ends: by itself, by Ctrl-C, or because the node cannot go on. */
import type { CallboardNode } from '#scripts/node/node.ts';

export interface Ending {
  /** Aborts with the first Ctrl-C or SIGTERM. */
  readonly stopped: AbortSignal;
  /** As the first signal does, without one. */
  stop(): void;
  /** What the process ends with when the work is not complete: 128 and the signal's number, else 1. */
  readonly exitCode: number;
  /** The work's result, or the error that ended the node under it. */
  race<T>(work: Promise<T>): Promise<T>;
}

/**
 * The first signal lets live calls end, the second ends them, the third ends the process.
 * @param hangUp ends the calls; those of the node where it is absent.
 */
export function endOnSignals(
  node: CallboardNode,
  hangUp: () => Promise<void> = () => node.hangUpAll('command line'),
): Ending {
  const stop = new AbortController();
  let exitCode = 1;
  let signals = 0;
  const onSignal = (_signal: NodeJS.Signals, number: number) => {
    exitCode = 128 + number;
    signals += 1;
    if (signals === 1) stop.abort();
    else if (signals === 2) {
      hangUp().catch(() => console.error('Not all calls could be hung up: look for them with calls in a console.'));
    } else process.exit(exitCode);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  const failure = node.failed.then((error) => Promise.reject(error));
  // Whoever races hears it; here it must not count as unheard.
  failure.catch(() => {});
  return {
    stopped: stop.signal,
    stop: () => stop.abort(),
    get exitCode() {
      return exitCode;
    },
    race: (work) => Promise.race([work, failure]),
  };
}
