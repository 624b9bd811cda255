/** SIPp as a peer: starts it with a scenario, stops it by its own process id, and reads its message trace. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export interface SippOptions {
  /** The XML of a scenario, or `uas` and `uac` for the ones that SIPp brings along. */
  readonly scenario: string;
  /** Where SIPp listens; any free port when absent. */
  readonly port?: number;
  /** Where a `uac` calls, `HOST:PORT`. */
  readonly remote?: string;
  /** Calls after which SIPp ends by itself; never when absent. */
  readonly calls?: number;
  readonly moreArguments?: readonly string[];
  /** False keeps the trace away, for measurements. */
  readonly trace?: boolean;
}

/** One SIP message as SIPp logged it. */
export interface TracedMessage {
  readonly direction: 'sent' | 'received';
  readonly text: string;
}

export interface Sipp {
  readonly port: number;
  readonly pid: number;
  /** What SIPp sent and received so far, in order. */
  messages(): Promise<TracedMessage[]>;
  /** The same, for a test that holds the event loop. */
  messagesNow(): TracedMessage[];
  /** Waits until SIPp has received a message that begins so; the test's time limit ends a wait in vain. */
  received(start: string): Promise<void>;
  /** Resolves with SIPp's exit code: 0 when every call went as the scenario says. */
  readonly ended: Promise<number | null>;
  /** Ends SIPp and removes its files. */
  stop(): Promise<void>;
}

/** How often SIPp's files are looked at: it has no other way to say what happened. */
const tracePollMs = 10;

/** A UDP port that was free a moment ago. */
export async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return port;
}

/** Starts SIPp on 127.0.0.1 and resolves when it listens. */
export async function startSipp(options: SippOptions): Promise<Sipp> {
  const folder = await mkdtemp(join(tmpdir(), 'callboard-sipp-'));
  const port = options.port ?? (await freeUdpPort());
  const traceFile = join(folder, 'messages.log');
  const child = spawn('sipp', await argumentsOf(options, folder, port, traceFile), {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaint = '';
  child.stderr.on('data', (text: Buffer) => {
    complaint = `${complaint}${text}`.slice(-500);
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('exit', (code) => resolve(code));
    child.once('error', (error) =>
      reject(new Error('SIPp is not installed: apt-get install sip-tester.', { cause: error })),
    );
  });
  const early = ended.then((code) => {
    throw new Error(`SIPp ended with ${code} before it listened: ${complaint}`);
  });
  await Promise.race([untilListening(port), early]);
  early.catch(() => {});
  const messages = async (): Promise<TracedMessage[]> => parseTrace(await readFile(traceFile, 'utf8').catch(() => ''));
  return {
    port,
    pid: child.pid ?? 0,
    messages,
    received: async (start) => {
      const came = ({ direction, text }: TracedMessage): boolean => direction === 'received' && text.startsWith(start);
      while (!(await messages()).some(came)) await pause(tracePollMs);
    },
    messagesNow: () => parseTrace(readFileSync(traceFile, 'utf8')),
    ended,
    stop: async () => {
      await end(child, ended);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function argumentsOf(options: SippOptions, folder: string, port: number, traceFile: string): Promise<string[]> {
  const { scenario, remote, calls, moreArguments = [], trace = true } = options;
  const scenarioFile = join(folder, 'scenario.xml');
  const builtIn = scenario === 'uas' || scenario === 'uac';
  if (!builtIn) await writeFile(scenarioFile, scenario);
  return [
    ...(remote === undefined ? [] : [remote]),
    ...(builtIn ? ['-sn', scenario] : ['-sf', scenarioFile]),
    ...['-i', '127.0.0.1', '-p', String(port), '-nostdin', '-nd'],
    ...(calls === undefined ? [] : ['-m', String(calls)]),
    ...(trace ? ['-trace_msg', '-message_file', traceFile] : []),
    ...moreArguments,
  ];
}

async function untilListening(port: number): Promise<void> {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')} `;
  for (let attempt = 0; attempt < 500; attempt += 1) {
    if ((await readFile('/proc/net/udp', 'utf8')).includes(wanted)) return;
    await pause(tracePollMs);
  }
  throw new Error(`SIPp did not open UDP port ${port} within five seconds.`);
}

async function end(child: ChildProcess, ended: Promise<number | null>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await ended;
}

/** Reads the file that `-trace_msg` writes. */
export function parseTrace(log: string): TracedMessage[] {
  return log
    .split(/^-{20,}[^\n]*\n/m)
    .map((block) => /^UDP message (sent|received)[^\n]*\n\n?([\s\S]*)$/.exec(block.trimStart()))
    .flatMap((match) =>
      match?.[1] === undefined || match[2] === undefined
        ? []
        : [{ direction: match[1] as TracedMessage['direction'], text: match[2] }],
    );
}

/** How many distinct INVITEs (by Call-ID; repeats and rounds of authentication are one) came for each user part. */
export function invitesByNumber(messages: readonly TracedMessage[]): Map<string, number> {
  const callIds = new Map<string, Set<string>>();
  for (const { direction, text } of messages) {
    const number = /^INVITE sip:([^@\s]+)@/.exec(text)?.[1];
    const callId = /^(?:Call-ID|i)\s*:\s*(\S+)/im.exec(text)?.[1];
    const inDialog = /^(?:To|t)\s*:[^\r\n]*;tag=/im.test(text);
    if (direction !== 'received' || number === undefined || callId === undefined || inDialog) continue;
    const seen = callIds.get(number) ?? new Set();
    callIds.set(number, seen.add(callId));
  }
  return new Map([...callIds].map(([number, ids]) => [number, ids.size]));
}
