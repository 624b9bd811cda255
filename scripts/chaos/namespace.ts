/** A network namespace, a cable to it that can be unplugged, and a proxy in it; ip-netns(8), veth(4). */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { FatalError } from '#ports/errors.ts';
import { runTool } from '#scripts/services/tool.ts';

export interface Namespace {
  /** Address of our end of the cable, and of theirs. */
  readonly ours: string;
  readonly theirs: string;
  unplug(): Promise<void>;
  plug(): Promise<void>;
  /** Starts a proxy in it that leads to a port of our end. */
  forward(port: number): Promise<Forward>;
  /** Takes it away, and the cable with it. */
  close(): Promise<void>;
}

/** A proxy in a namespace, in a process of its own. */
export interface Forward {
  readonly port: number;
  /** As those of a `CuttableLink`. */
  cut(): Promise<void>;
  mend(): Promise<void>;
  end(): void;
}

const script = join(import.meta.dirname, 'forwarding.ts');

/**
 * @param number below 60; with our process it makes the names and addresses (RFC 2544 has set these aside for tests).
 * @param ip path of iproute2's program.
 * @throws SERVICE_UNAVAILABLE where we may not.
 */
export async function openNamespace(number: number, ip: string): Promise<Namespace> {
  const name = `callboard-${process.pid}-${number}`;
  const cable = `cb${process.pid.toString(36)}n${number}`;
  const network = `198.18.${process.pid % 256}`;
  const [ours, theirs] = [`${network}.${number * 4 + 1}`, `${network}.${number * 4 + 2}`];
  const run = (command: string) => runTool(ip, command.split(' '), {});
  await run(`netns add ${name}`);
  try {
    await run(`link add ${cable} type veth peer name eth0 netns ${name}`);
    await run(`addr add ${ours}/30 dev ${cable}`);
    await run(`-n ${name} addr add ${theirs}/30 dev eth0`);
    await run(`link set ${cable} up`);
    await run(`-n ${name} link set eth0 up`);
  } catch (error) {
    await run(`netns del ${name}`);
    throw error;
  }
  return {
    ours,
    theirs,
    unplug: () => run(`-n ${name} link set eth0 down`),
    plug: () => run(`-n ${name} link set eth0 up`),
    forward: (port) => startForward([ip, 'netns', 'exec', name], [ours, `${port}`, theirs]),
    close: () => run(`netns del ${name}`),
  };
}

async function startForward(inNamespace: readonly string[], args: readonly string[]): Promise<Forward> {
  const [program = '', ...before] = inNamespace;
  const child = spawn(program, [...before, process.execPath, script, ...args], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new FatalError('SERVICE_UNAVAILABLE', `The proxy of a network namespace ended (${code}): run chaos again.`);
  });
  ended.catch(() => {});
  const answer = async () => (await Promise.race([once(child, 'message'), ended]))[0] as number;
  const tell = async (message: 'cut' | 'mend') => {
    const done = answer();
    child.send(message);
    await done;
  };
  return {
    port: await answer(),
    cut: () => tell('cut'),
    mend: () => tell('mend'),
    // It ends when nobody is there to tell it anything.
    end: () => child.disconnect(),
  };
}
