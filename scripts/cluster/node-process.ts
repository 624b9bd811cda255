/** A node of a cluster in a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { FatalError } from '#ports/errors.ts';

export interface NodeSetup {
  readonly name: string;
  /** File with what all nodes share. */
  readonly configFile: string;
  /** The node's own; RTP ports must not be those of another node on this machine. */
  readonly dataFolder: string;
  readonly rtpFrom: number;
  readonly rtpTo: number;
  /** More variables, such as the roles. */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface NodeProcess {
  readonly name: string;
  readonly pid: number;
  /** Where its figures and health are. */
  readonly httpUrl: string;
  /** Resolves when the process is gone. */
  readonly exited: Promise<unknown>;
  /** SIGTERM: it drains, then leaves. Resolves when it is gone. */
  stop(): Promise<void>;
  signal(signal: NodeJS.Signals): void;
}

const script = join(import.meta.dirname, '..', 'callboard.ts');

/**
 * Starts it in a group of its own: a Ctrl-C is meant for whoever started it, who still has calls to end.
 * @throws NODE_UNREACHABLE where it ends before it is ready; it says why on its standard error, which is ours.
 */
export async function startNodeProcess(setup: NodeSetup): Promise<NodeProcess> {
  const { name, configFile, dataFolder, rtpFrom, rtpTo, environment = {} } = setup;
  const child = spawn(process.execPath, [script, '--config', configFile, '--data', dataFolder, 'node'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
    env: {
      ...process.env,
      CALLBOARD_NODE_ID: name,
      CALLBOARD_RTP_PORT_FROM: String(rtpFrom),
      CALLBOARD_RTP_PORT_TO: String(rtpTo),
      CALLBOARD_HTTP_PORT: '0',
      ...environment,
    },
  });
  const exited = once(child, 'exit');
  const httpUrl = await readyUrl(child, exited, name);
  return {
    name,
    pid: child.pid ?? 0,
    httpUrl,
    exited,
    signal: (signal) => void child.kill(signal),
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

async function readyUrl(child: ChildProcess, exited: Promise<unknown>, name: string): Promise<string> {
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const line = await Promise.race([once(lines, 'line'), exited.then(() => [''])]);
  const url = /^ready \S+ (http:\S+)$/.exec(String(line[0]))?.[1];
  if (url) return url;
  child.kill('SIGKILL');
  throw new FatalError('NODE_UNREACHABLE', `The node ${name} did not start: see what it wrote above.`);
}
