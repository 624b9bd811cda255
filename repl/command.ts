/** The shape of an operator's command, and what commands are given. */
import type { Journal } from '#ports/journal.ts';
import type { Chronicle } from '#runtime/actor.ts';
import type { Runtime } from '#runtime/runtime.ts';

/** What a command works on. */
export interface Desk {
  readonly runtime: Runtime;
  readonly journal: Journal;
  readonly kinds: readonly Chronicle[];
  /** Whether calls over a trunk can be dialed here; absent where it is not for this node to say. */
  readonly hasTrunk?: (trunkId: string) => boolean;
  /** Name of the person at the console; every change says who made it. */
  readonly operator: string;
  print(line: string): void;
}

export interface Arguments {
  /** Positional words by name, and the options. */
  readonly [name: string]: unknown;
  readonly options: Readonly<Record<string, unknown>>;
}

export interface CommandOption {
  /** Such as `--kind <kind>`. */
  readonly option: string;
  readonly description: string;
  /** What its value may be, for Tab; anything where it is absent. */
  readonly values?: (desk: Desk) => readonly string[];
}

export interface OperatorCommand {
  /** Such as `hangup <call>`; the last word may be several, `[reason...]`, which come joined by spaces. */
  readonly usage: string;
  readonly description: string;
  readonly options?: readonly CommandOption[];
  run(desk: Desk, args: Arguments): Promise<void>;
  /** What may stand at the place of the last word, given the words between the command and it, options aside. */
  complete(desk: Desk, before: readonly string[], last: string): Promise<readonly string[]>;
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

/** Ids of the actors of a kind that the journal knows, in order; those that begin with `prefix`. */
export async function idsOf(journal: Journal, kind: string, limit: number, prefix = ''): Promise<readonly string[]> {
  const before = prefix && `${kind}/${justBefore(prefix)}`;
  const streams = await journal.streams({ kind, limit, ...(before ? { after: before } : {}) });
  return streams.map((stream) => stream.slice(kind.length + 1)).filter((id) => id.startsWith(prefix));
}

/** The last name in order that does not begin with the prefix: no id has a character as late as the tilde. */
function justBefore(prefix: string): string {
  return `${prefix.slice(0, -1)}${String.fromCharCode(prefix.charCodeAt(prefix.length - 1) - 1)}~`;
}
