/** Programs that do one thing and end. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { basename } from 'node:path';
import { FatalError } from '#ports/errors.ts';
import type { Owner } from './kind.ts';

export interface ToolOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly owner?: Owner;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

const longestMs = 60_000;
/** Of what it wrote, this much is told. */
const told = 2_000;

/**
 * Runs a program to its end.
 * @throws SERVICE_UNAVAILABLE with the end of what it wrote when it fails or takes too long.
 */
export async function runTool(program: string, args: readonly string[], options: ToolOptions): Promise<void> {
  const { cwd = '/', env = process.env, owner, signal, timeoutMs = longestMs } = options;
  const child = spawn(program, args, {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: timeoutMs,
    ...(signal ? { signal } : {}),
    ...owner,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-told);
    });
  }
  const [code] = (await once(child, 'close')) as [number | null];
  if (code === 0) return;
  const how = code === null ? `did not end in ${timeoutMs / 1000} s` : `failed (${code})`;
  throw new FatalError('SERVICE_UNAVAILABLE', `${basename(program)} ${how}, having written:\n${output.trim()}\n`);
}
