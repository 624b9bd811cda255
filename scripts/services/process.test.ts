/** Servers stood in for by `sleep`: what is started outlives us, and only what is ours is stopped. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Service } from './kind.ts';
import { isRunning, startDetached, stopService } from './process.ts';
import { needProgram } from './programs.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'callboard-services-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const sleep = needProgram('sleep', 'no test without it');
const serviceOf = (pid: number, command: readonly string[]): Service => ({
  name: 'sleeper',
  pid,
  command,
  stopSignal: 'SIGTERM',
  port: 0,
  url: '',
  log: join(folder, 'log'),
});

test('a service is known by its command line and stopped', async () => {
  const launch = { program: sleep, args: ['61.5'], stopSignal: 'SIGTERM' } as const;
  const service = serviceOf(await startDetached(launch, join(folder, 'log')), [sleep, '61.5']);
  expect(isRunning(service)).toBe(true);
  await stopService(service);
  expect(isRunning(service)).toBe(false);
  await stopService(service);
});

test('a process that took the pid of a service is left alone', async () => {
  const other = spawn(sleep, ['62.5'], { stdio: 'ignore' });
  const service = serviceOf(other.pid ?? 0, [sleep, '61.5']);
  expect(isRunning(service)).toBe(false);
  await stopService(service);
  expect(isRunning(serviceOf(other.pid ?? 0, [sleep, '62.5']))).toBe(true);
  other.kill();
});

test('a program that is not there is one sentence with what to do', () => {
  expect(() => needProgram('no-such-server', 'apt-get install no-such-server')).toThrow(
    'The program no-such-server is not on this machine: apt-get install no-such-server.',
  );
});
