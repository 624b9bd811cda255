/** Opens the operators' console: Moleculer's REPL with our commands and their completion. */
import { createRequire } from 'node:module';
import type { REPLServer } from 'node:repl';
import type { ServiceBroker } from 'moleculer';
import { actor, actors, where } from './actors.ts';
import { agent, agents, monitor } from './agents.ts';
import { calls, hangup } from './calls.ts';
import { campaigns, pause, resume, stop } from './campaigns.ts';
import type { Arguments, CommandOption, Desk, OperatorCommand } from './command.ts';
import { allow, contact, forbid } from './contacts.ts';
import { deadLetters } from './dead-letters.ts';
import { forget } from './forget.ts';
import { drain, nodes, undrain } from './nodes.ts';
import { forgetsNotes, notes, writtenNote } from './notes.ts';
import { pacing } from './pacing.ts';
import { tail } from './tail.ts';
import { createTurns } from './turns.ts';

/** Every command of ours, in the order of help. */
export const operatorCommands: readonly OperatorCommand[] = [
  campaigns,
  pause,
  resume,
  stop,
  pacing,
  calls,
  hangup,
  agents,
  agent,
  monitor,
  contact,
  notes,
  forbid,
  allow,
  actors,
  actor,
  where,
  tail,
  nodes,
  drain,
  undrain,
  forget,
  deadLetters,
];

/**
 * Moleculer's own commands that are left out: those that change something without a word of who did it, one that
 * shows the environment with the secrets in it, and one of a name that we use.
 */
const leftOut = ['bench', 'broadcast', 'cache', 'call', 'clear', 'destroy', 'emit', 'env', 'listener', 'load', 'nodes'];

/** The options that the broker must be made with for our commands to be there. */
export function replOptions(desk: Desk) {
  return {
    delimiter: 'callboard $',
    customCommands: operatorCommands.map((command) => ({
      command: command.usage,
      description: command.description,
      options: (command.options ?? []).map(({ option, description }) => ({ option, description })),
      parse: (parsed: Parsed) => {
        parsed.params = argumentsOf(command, parsed);
      },
      action: (_broker: ServiceBroker, args: Arguments) => obey(desk, command, args),
    })),
  };
}

/** An error would end the console's loop: it is for the person to read. */
function obey(desk: Desk, command: OperatorCommand, args: Arguments): Promise<void> {
  return command.run(desk, args).catch((error: unknown) => desk.print((error as Error).message));
}

/** A line as Moleculer's console has taken it apart, and what its command shall be given. */
interface Parsed {
  readonly args: readonly string[];
  opts(): Record<string, unknown>;
  params?: Arguments;
}

/** Words by the names that the usage has for them; a last name with dots takes all that are left. */
function argumentsOf({ usage }: OperatorCommand, parsed: Parsed): Arguments {
  const words = parsed.args;
  const named = [...usage.matchAll(/[<[]([^\]>.]+)(\.\.\.)?[\]>]/g)].flatMap(([, name = '', many], index) => {
    const value = many ? words.slice(index).join(' ') : words[index];
    return value ? [[name, value] as const] : [];
  });
  return { ...Object.fromEntries(named), options: { ...parsed.opts() } };
}

export interface Console {
  readonly server: REPLServer;
  /** Resolves when every line that was typed has its answer, also where they were typed ahead and the input has ended. */
  answered(): Promise<void>;
}

/** Starts the console on standard input. Lines are answered one after the other. */
export function openConsole(broker: ServiceBroker, desk: Desk): Console {
  leaveOut();
  const options = broker.options as { replOptions?: unknown };
  options.replOptions = replOptions(desk);
  const server = broker.repl() as unknown as REPLServer;
  const evaluate = server.eval;
  const turns = createTurns();
  let left = false;
  Object.assign(server, {
    completer: completerOf(desk, server.completer as Completer),
    // Moleculer's own exit ends the process under whoever opened the console.
    eval(this: REPLServer, ...[line, context, file, done]: Parameters<typeof evaluate>) {
      const answer = (answered: () => void) => {
        // A result that is none is printed too: it is passed on only where there is one.
        evaluate.call(this, line, context, file, (...outcome) => {
          done(...outcome);
          answered();
        });
      };
      turns.take(async () => {
        left ||= /^\s*(exit|quit|q)\s*$/.test(line);
        const note = writtenNote(line);
        if (left) this.close();
        else if (note) {
          await obey(desk, agent, { wish: 'note', ...note, options: {} });
          (done as (error: Error | null) => void)(null);
        } else await new Promise<void>(answer);
      });
    },
  });
  forgetsNotes(server);
  stopsTailing(server, desk);
  return { server, answered: turns.over };
}

/** Moleculer takes each of its commands from a module of its own when the console is opened. */
function leaveOut(): void {
  const require = createRequire(import.meta.url);
  for (const name of leftOut) Object.assign(require(`moleculer-repl/src/commands/${name}.js`), { register: () => {} });
}

/** The first Ctrl-C ends what is followed; without that, it does what it does in every console. */
function stopsTailing(server: REPLServer, desk: Desk): void {
  const others = server.listeners('SIGINT') as ((...args: unknown[]) => void)[];
  server.removeAllListeners('SIGINT');
  server.on('SIGINT', () => {
    const name = desk.tailing.stop();
    if (name === undefined) for (const other of others) other.call(server);
    else desk.print(`\n${name} is not followed any more.`);
    if (name !== undefined) server.displayPrompt();
  });
}

/** As node:repl calls it. */
type Completer = (line: string, done: (error: Error | null, result: [string[], string]) => void) => void;

/** Completes our commands by themselves, and leaves all others to Moleculer's own completer. */
export function completerOf(desk: Desk, moleculers: Completer): Completer {
  return (line, done) => {
    // Whoever asks for help asks for a command, as at the beginning of a line.
    const helped = /^help +(\S*)$/.exec(line)?.[1];
    if (helped !== undefined) {
      moleculers(helped, done);
      return;
    }
    completeLine(desk, line).then(
      (found) => (found ? done(null, found) : moleculers(line, done)),
      () => done(null, [[], line]),
    );
  };
}

/** Completions of a line that begins with a command of ours; undefined: it does not. */
export async function completeLine(desk: Desk, line: string): Promise<[string[], string] | undefined> {
  const [name, ...words] = line.split(/ +/);
  const command = operatorCommands.find(({ usage }) => usage.split(' ')[0] === name);
  if (!command || words.length === 0) return undefined;
  const last = words.at(-1) ?? '';
  const candidates = await candidatesFor(desk, command, words.slice(0, -1), last);
  return [candidates.filter((candidate) => candidate.startsWith(last)), last];
}

async function candidatesFor(
  desk: Desk,
  command: OperatorCommand,
  before: readonly string[],
  last: string,
): Promise<readonly string[]> {
  const options = command.options ?? [];
  const valued = (word = '') => options.find(({ option }) => option.startsWith(`${word} <`));
  const wanted = valued(before.at(-1));
  if (wanted) return wanted.values?.(desk) ?? [];
  if (last.startsWith('-')) return [...options.map(nameOf), '--help'];
  const positional = before.filter((word, index) => !word.startsWith('-') && !valued(before[index - 1]));
  return command.complete(desk, positional, last);
}

function nameOf({ option }: CommandOption): string {
  return option.split(' ')[0] ?? option;
}
