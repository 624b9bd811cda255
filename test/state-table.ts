/**
 * What an actor makes of every command in every state, as a table: the states are histories, a row is a command, and its
 * cells say what comes of it in which states. A row holds for all states or not at all, so no pair is left out.
 */
import { expect, test } from '@jest/globals';
import type { Tagged } from '#proto/codec.ts';
import type { CommandMeta } from '#runtime/decision.ts';
import { given, type Pure } from './given.ts';

/** By the name of a state, what has happened. */
export type States<E> = Readonly<Record<string, readonly E[]>>;

/**
 * By what comes of it, the states in which it does, apart by spaces; `rest` are those that the row does not name. What
 * comes of it is the events' names, `→` and the phase where that is another one then; a reply in brackets; `!` and the
 * code of a refusal; or `nothing`.
 */
export type Cells = Readonly<Record<string, string>>;

/** The rows of each command: its fields, and what becomes of it. */
export type Rows<C extends Tagged> = {
  readonly [T in C['type']]: readonly (readonly [Omit<Extract<C, { type: T }>, 'type'>, Cells])[];
};

/** A test for each row. Every refusal is a sentence that also says what to do. */
export function testStates<S extends object, C extends Tagged, E extends Tagged, R extends Tagged>(
  actor: Pure<S, C, E, R>,
  states: States<E>,
  meta: Partial<CommandMeta>,
  rows: Partial<Rows<C>>,
): void {
  for (const [type, each] of Object.entries(rows) as [string, Rows<C>[C['type']]][]) {
    for (const [fields, cells] of each) {
      test(`${type} ${JSON.stringify(fields)}`, () => {
        const command = { type, ...fields } as unknown as C;
        const found = new Map<string, string[]>();
        for (const [name, history] of Object.entries(states)) {
          const before = given(actor, ...history);
          const after = before.when(command, meta);
          const what = outcomeOf(after, phaseOf(before.state));
          found.set(what, [...(found.get(what) ?? []), name]);
          if (after.rejection) expect(after.rejection.message).toMatch(sentence);
        }
        expect(Object.fromEntries(found)).toEqual(spelledOut(cells, Object.keys(states)));
      });
    }
  }
}

function spelledOut(cells: Cells, all: readonly string[]): Readonly<Record<string, readonly string[]>> {
  const named = Object.values(cells).flatMap((names) => names.split(' '));
  const rest = all.filter((name) => !named.includes(name));
  const meant = (names: string) => (names === 'rest' ? rest : all.filter((name) => names.split(' ').includes(name)));
  expect(named.filter((name) => name !== 'rest' && !all.includes(name))).toEqual([]);
  return Object.fromEntries(Object.entries(cells).map(([what, names]) => [what, meant(names)]));
}

/** What happened, to what, and what to do. */
const sentence = /^[A-Z].+: .+\.$/;

function outcomeOf(
  {
    events,
    rejection,
    reply,
    state,
  }: {
    readonly events: readonly Tagged[];
    readonly rejection: { readonly code: string } | undefined;
    readonly reply: Tagged | undefined;
    readonly state: object;
  },
  phase: string,
): string {
  if (rejection) return `! ${rejection.code}`;
  const said = [...events.map(({ type }) => type), ...(reply ? [`(${reply.type})`] : [])].join(' ') || 'nothing';
  const next = phaseOf(state);
  return next === phase ? said : `${said} → ${next}`;
}

/** Empty: such actors have none. */
function phaseOf(state: object): string {
  return 'phase' in state ? String(state.phase) : '';
}
