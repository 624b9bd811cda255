/** Starts a practice carrier, or practice agents, as a child process. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { RetryableError } from '#ports/errors.ts';

export interface PracticeCarrierOptions {
  /** The same seed, the same people. */
  readonly seed: number;
  /** Every wait of theirs is multiplied by it; 1 when absent. */
  readonly timeScale?: number;
  /** Folder in which each call is recorded as they hear it; none when absent. */
  readonly record?: string;
}

export interface PracticeCarrier {
  /** Where it takes calls, `sip:127.0.0.1:PORT`. */
  readonly uri: string;
  /** Ends its calls and its process; resolves when that is over. */
  stop(): Promise<void>;
}

/** A carrier that does not end by itself gets this long, then it is ended. */
const patienceMs = 5_000;

/**
 * Resolves when the carrier takes calls.
 * @throws TRUNK_UNREACHABLE when it ends before; it says why on its standard error, which is ours.
 */
export function startPracticeCarrier(options: PracticeCarrierOptions): Promise<PracticeCarrier> {
  return start('carrier.ts', options);
}

/**
 * Resolves when the phones can be called: `sip:NAME@HOST:PORT` with the host and port of `uri`, see phones.ts.
 * @throws TRUNK_UNREACHABLE as `startPracticeCarrier` does.
 */
export function startPracticeAgents(options: PracticeCarrierOptions): Promise<PracticeCarrier> {
  return start('agents.ts', options);
}

async function start(file: string, { seed, timeScale = 1, record }: PracticeCarrierOptions): Promise<PracticeCarrier> {
  const script = join(import.meta.dirname, file);
  const settings = [
    '--port',
    '0',
    '--seed',
    `${seed}`,
    '--time-scale',
    `${timeScale}`,
    ...(record ? ['--record', record] : []),
  ];
  // In a group of its own: a Ctrl-C is meant for us, who still have calls with it to end.
  const child = spawn(process.execPath, [script, ...settings], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
  const exited = once(child, 'exit');
  const uri = await readyUri(child.stdout, exited);
  return {
    uri,
    stop: async () => {
      child.stdin.end();
      const impatience = setTimeout(() => child.kill('SIGKILL'), patienceMs);
      await exited;
      clearTimeout(impatience);
    },
  };
}

async function readyUri(stdout: NodeJS.ReadableStream, exited: Promise<unknown[]>): Promise<string> {
  const lines = createInterface({ input: stdout });
  const line = await Promise.race([once(lines, 'line'), exited.then(() => [''])]);
  const uri = /^ready (sip:\S+)$/.exec(String(line[0]))?.[1];
  if (uri) return uri;
  throw new RetryableError('TRUNK_UNREACHABLE', 'The practice far side did not start; see what it wrote above.');
}
