/** The shape of an operator's command, and what commands are given. */
import type { Journal } from '#ports/journal.ts';
import type { Chronicle } from '#runtime/actor.ts';
import type { Runtime } from '#runtime/runtime.ts';

/** What a command works on. */
export interface Desk {
  readonly runtime: Runtime;
  readonly journal: Journal;
  readonly kinds: readonly Chronicle[];
  /** Name of the person at the console; every change says who made it. */
  readonly operator: string;
  print(line: string): void;
}

export interface Arguments {
  /** Positional words by name, and the options. */
  readonly [name: string]: unknown;
  readonly options: Readonly<Record<string, unknown>>;
}

export interface OperatorCommand {
  /** Such as `hangup <call>`. */
  readonly usage: string;
  readonly description: string;
  readonly options?: readonly { readonly option: string; readonly description: string }[];
  run(desk: Desk, args: Arguments): Promise<void>;
  /** What may stand at the place of the last word, given the words between the command and it. */
  complete(desk: Desk, before: readonly string[]): Promise<readonly string[]>;
}

/** Nothing to complete. */
export async function completeNothing(): Promise<readonly string[]> {
  return [];
}

/** Prints what a command was answered: nothing more than `done` where it was obeyed. */
export function printAnswer(
  desk: Desk,
  answer:
    | { readonly ok: true }
    | { readonly ok: false; readonly rejection: { readonly code: string; readonly message: string } },
  done: string,
): void {
  desk.print(answer.ok ? done : `${answer.rejection.code}: ${answer.rejection.message}`);
}

/** Ids of the actors of a kind that the journal knows, in order. */
export async function idsOf(journal: Journal, kind: string, limit: number): Promise<readonly string[]> {
  const streams = await journal.streams({ kind, limit });
  return streams.map((stream) => stream.slice(kind.length + 1));
}
