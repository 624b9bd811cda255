/** Processes that outlive the script that starts them, and how a later one knows them again. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as after } from 'node:timers/promises';
import { FatalError } from '#ports/errors.ts';
import type { Launch, Service } from './kind.ts';

const patienceMs = 15_000;
const pauseMs = 50;

/** Starts a server in a group of its own: a Ctrl-C is for the script, and its end ends no server. */
export async function startDetached(launch: Launch, log: string): Promise<number> {
  const file = openSync(log, 'a', 0o600);
  try {
    const child = spawn(launch.program, launch.args, {
      cwd: '/',
      detached: true,
      stdio: ['ignore', file, file],
      // No more than they need: ours may hold secrets.
      env: { PATH: process.env.PATH, HOME: process.env.HOME },
      ...launch.owner,
    });
    await once(child, 'spawn').catch((cause: NodeJS.ErrnoException) => {
      throw new FatalError('SERVICE_UNAVAILABLE', `${launch.program} cannot be started (${cause.code}): mend it.`, {
        cause,
      });
    });
    child.unref();
    return child.pid ?? 0;
  } finally {
    closeSync(file);
  }
}

/** Whether the process is still the one that was started: pids come round again. */
export function isRunning({ pid, command }: Pick<Service, 'pid' | 'command'>): boolean {
  return commandOf(pid) === command.join(' ');
}

/** Ends a service that is ours, by force if it must be; resolves when its process is gone. */
export async function stopService(service: Service): Promise<void> {
  for (const signal of [service.stopSignal, 'SIGKILL'] as const) {
    if (!isRunning(service)) return;
    process.kill(service.pid, signal);
    const endsAt = performance.now() + patienceMs;
    while (isRunning(service) && performance.now() < endsAt) await after(pauseMs);
  }
}

/** Program and arguments of a process; empty where there is none, or only its exit code is left. */
function commandOf(pid: number): string {
  if (existsSync('/proc/self/cmdline')) {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replace(/\0$/, '').replaceAll('\0', ' ');
    } catch {
      return '';
    }
  }
  return spawnSync('ps', ['-ww', '-o', 'command=', '-p', `${pid}`], { encoding: 'utf8' }).stdout.trimEnd();
}
