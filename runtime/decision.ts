/** What an actor's `decide` is given and what it may answer. Pure: importable by state, decide and react. */

/** What comes with a command: the only source of time and ids inside an actor. */
export interface CommandMeta {
  /** Id of the actor itself, without its kind. */
  readonly actorId: string;
  readonly commandId: string;
  readonly correlationId: string;
  /** kind/id of the actor that sent it, or the name of a person or program. */
  readonly sender: string;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

/** A command that an actor crashed on more often than its supervision allows. */
export interface Crash {
  /** Of the command; made up where the actor cannot even be loaded. */
  readonly commandId: string;
  /** An error code. */
  readonly code: string;
}

/** The command is obeyed: these events are journaled, then the reply is given. No events: nothing is journaled. */
export interface Accepted<E, R> {
  readonly events: readonly E[];
  readonly reply?: R;
}

/** The command is refused, as a value. */
export interface Refused {
  readonly rejection: {
    /** SCREAMING_CASE, explained in the actor's README. */
    readonly code: string;
    /** One sentence: what happened, to what, what to do. */
    readonly message: string;
    readonly retryAfterMs?: number;
  };
}

export type Decision<E, R> = Accepted<E, R> | Refused;

/** Obeys with events. */
export function accept<E, R = never>(...events: E[]): Accepted<E, R> {
  return { events };
}

/** Answers without an event: a query, or a command that has had its effect already. */
export function answer<R>(reply: R): Accepted<never, R> {
  return { events: [], reply };
}

/** Obeys with events and a reply. */
export function acceptWith<E, R>(reply: R, ...events: E[]): Accepted<E, R> {
  return { events, reply };
}

/** Refuses. */
export function reject(code: string, message: string, retryAfterMs?: number): Refused {
  return { rejection: { code, message, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) } };
}
