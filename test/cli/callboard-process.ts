/** The command line as a person meets it: a process of its own, its lines, its exit code. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const script = join(import.meta.dirname, '..', '..', 'scripts', 'callboard.ts');

export interface CallboardOptions {
  /** Variables on top of ours; those of Callboard that the machine may have are not passed on. */
  readonly env?: Readonly<Record<string, string>>;
  /** Another program in front of node, such as `unshare`. */
  readonly through?: readonly string[];
}

export interface Ended {
  /** 128 and the signal's number where a signal ended it, as a shell has it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CallboardProcess {
  readonly pid: number;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly ended: Promise<Ended>;
  /** Types a line at its standard input. */
  type(line: string): void;
  /** Ends its standard input, as Ctrl-D does. */
  closeInput(): void;
  kill(signal: NodeJS.Signals): void;
  /**
   * Resolves with the match when its standard output has one after what an earlier `until` matched; fails with
   * what it wrote when it ends without.
   */
  until(pattern: RegExp): Promise<RegExpExecArray>;
}

/** Starts `callboard ARGUMENTS`; standard input stays open. */
export function startCallboard(args: readonly string[], options: CallboardOptions = {}): CallboardProcess {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(CALLBOARD|NODE_OPTIONS|JEST)/.test(name));
  const [program = '', ...rest] = [...(options.through ?? []), process.execPath, script, ...args];
  const child = spawn(program, rest, { env: { ...Object.fromEntries(inherited), ...options.env } });
  let stdout = '';
  let stderr = '';
  let read = 0;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  // Who types into a console that is just leaving must not fail for it.
  child.stdin.on('error', () => {});
  const ended = once(child, 'close').then(([code, signal]): Ended => {
    return { code: code ?? 128 + (signalNumbers[signal as NodeJS.Signals] ?? 0), stdout, stderr };
  });
  return {
    pid: child.pid ?? 0,
    stdout: () => stdout,
    stderr: () => stderr,
    ended,
    type: (line) => void child.stdin.write(`${line}\n`),
    closeInput: () => void child.stdin.end(),
    kill: (signal) => void child.kill(signal),
    until(pattern) {
      return new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(stdout.slice(read));
          if (!match) return;
          read += match.index + match[0].length;
          child.stdout.off('data', look);
          resolve(match);
        };
        child.stdout.on('data', look);
        void ended.then(({ code }) =>
          reject(new Error(`${pattern} never came; it ended with ${code}:\n${stdout}\n${stderr}`)),
        );
        look();
      });
    },
  };
}

const signalNumbers: Partial<Record<NodeJS.Signals, number>> = { SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

/** Runs `callboard ARGUMENTS` to its end, with nobody at its standard input. */
export async function callboard(args: readonly string[], options: CallboardOptions = {}): Promise<Ended> {
  const running = startCallboard(args, options);
  running.closeInput();
  return running.ended;
}

/** What a person is told when something of theirs is wrong: one sentence with its code, and no stack. */
export const oneSentence = (code: string): RegExp => new RegExp(`^[^\\n]+[.] \\[${code}\\]\\n$`);
