/** A nats-server of a bench's own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

export interface BenchBus {
  readonly port: number;
  readonly url: string;
  stop(): void;
}

const tries = 100;
const pauseMs = 50;

/** Starts it on a free port of 127.0.0.1; resolves when it answers. Rejects where there is no nats-server. */
export async function startBus(): Promise<BenchBus> {
  const port = await freePort();
  const server = spawn('nats-server', ['-a', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  const failed = once(server, 'error').then(([error]) => Promise.reject(error));
  await Promise.race([answering(port), failed]);
  failed.catch(() => undefined);
  return { port, url: `nats://127.0.0.1:${port}`, stop: () => void server.kill() };
}

async function answering(port: number): Promise<void> {
  for (let left = tries; !(await isOpen(port)); left -= 1) {
    if (left === 0) throw new Error('nats-server does not answer.');
    await pause(pauseMs);
  }
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}
