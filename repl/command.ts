/** The shape of an operator's command, and what commands are given. */
import type { Clock } from '#ports/clock.ts';
import type { Vault } from '#ports/vault.ts';
import type { Departures } from '#runtime/operations/departures.ts';
import type { Fleet } from '#runtime/operations/fleet.ts';
import { mostListed } from '#runtime/operations/operations.ts';
import { parseRef } from '#runtime/refs.ts';
import type { Runtime, SendOptions } from '#runtime/runtime.ts';
import type { Tailing } from './tailing.ts';

/** What a command works on: a cluster, or the one node that there is. */
export interface Desk {
  readonly runtime: Pick<Runtime, 'ask'>;
  readonly fleet: Fleet;
  /** Nodes that went out of this process's own sight. */
  readonly departures: Departures;
  /** Names of all kinds of actors. */
  readonly kinds: readonly string[];
  readonly clock: Clock;
  readonly tailing: Tailing;
  /** Whether calls over a trunk can be dialed here; absent where it is not for this console to say. */
  readonly hasTrunk?: (trunkId: string) => boolean;
  /** Where notes are; absent where this console has none. */
  readonly vault?: Pick<Vault, 'keepNote' | 'readNotes'>;
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

/** Completes the first word by names of nodes. */
export async function completeNode(desk: Desk, before: readonly string[]): Promise<readonly string[]> {
  return before.length === 0 ? desk.fleet.nodes() : [];
}

/** How a change says who made it. */
export function inTheNameOf(desk: Desk): SendOptions {
  return { sender: `operator:${desk.operator}` };
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
export function idsOf(desk: Desk, kind: string, prefix = ''): Promise<readonly string[]> {
  return desk.fleet.streams({ kind, prefix, limit: mostListed });
}

/** An actor by its name as a person typed it; says what is wrong with it where it is none. */
export function actorNamed(desk: Desk, typed: unknown): { readonly kind: string; readonly id: string } | undefined {
  const ref = parseRef(String(typed));
  if (ref && desk.kinds.includes(ref.kind)) return ref;
  desk.print(`${String(typed)} names no actor: write kind/id, the kinds are ${desk.kinds.join(', ')}.`);
  return undefined;
}

/** Completes kind/id: kinds until one is typed, then its ids, as a journal has thousands of calls. */
export async function completeActor(desk: Desk, typed: string): Promise<readonly string[]> {
  const [kind = '', id] = typed.split('/', 2);
  if (id === undefined) return desk.kinds.map((each) => `${each}/`);
  return (await idsOf(desk, kind, id)).map((each) => `${kind}/${each}`);
}
