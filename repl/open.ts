/** Opens the operators' console: Moleculer's REPL with our commands and their completion. */
import type { REPLServer } from 'node:repl';
import type { ServiceBroker } from 'moleculer';
import { actor, actors } from './actors.ts';
import { calls, hangup } from './calls.ts';
import { campaigns, pause, resume, stop } from './campaigns.ts';
import type { Arguments, Desk, OperatorCommand } from './command.ts';
import { deadLetters } from './dead-letters.ts';

/** Every command of ours, in the order of help. */
export const operatorCommands: readonly OperatorCommand[] = [
  campaigns,
  pause,
  resume,
  stop,
  calls,
  hangup,
  actors,
  actor,
  deadLetters,
];

/** The options that the broker must be made with for our commands to be there. */
export function replOptions(desk: Desk) {
  return {
    delimiter: 'callboard $',
    customCommands: operatorCommands.map((command) => ({
      command: command.usage,
      description: command.description,
      options: (command.options ?? []).map(({ option, description }) => ({ option, description })),
      action: async (_broker: ServiceBroker, args: Arguments) => {
        // An error would end the console's loop: it is for the person to read.
        await command.run(desk, args).catch((error: unknown) => desk.print((error as Error).message));
      },
    })),
  };
}

/** Starts the console on standard input. */
export function openConsole(broker: ServiceBroker, desk: Desk): REPLServer {
  const options = broker.options as { replOptions?: unknown };
  options.replOptions = replOptions(desk);
  const server = broker.repl() as unknown as REPLServer;
  const moleculers = server.completer;
  Object.assign(server, {
    completer: (line: string, done: (error: Error | null, result: [string[], string]) => void) => {
      completeLine(desk, line).then(
        (found) => (found ? done(null, found) : (moleculers as typeof server.completer)(line, done as never)),
        () => done(null, [[], line]),
      );
    },
  });
  return server;
}

/** Completions of a line that begins with a command of ours; undefined: it does not. */
export async function completeLine(desk: Desk, line: string): Promise<[string[], string] | undefined> {
  const words = line.split(' ');
  const command = operatorCommands.find(({ usage }) => usage.split(' ')[0] === words[0]);
  if (!command || words.length < 2) return undefined;
  const last = words.at(-1) ?? '';
  const candidates = await command.complete(desk, words.slice(1, -1));
  return [candidates.filter((candidate) => candidate.startsWith(last)), last];
}
