// Generated from proto/envelope.proto by npm run proto. Do not edit.
import { type Codec, codec } from '#proto/codec.ts';

/** A command on its way to an actor. */
export interface Envelope {
  /** Version of this protocol; a node refuses one that it does not know. */
  readonly protocol: number;
  /** Id of the command: the same id has its effect once, however often it is sent. */
  readonly commandId: string;
  readonly toKind: string;
  readonly toId: string;
  /** The actor that sent it as kind/id, or the name of a person or a program in front of ":". */
  readonly sender: string;
  /** Shared by everything that one cause led to, such as all that happens in one call. */
  readonly correlationId: string;
  /** The commit that led to this one as kind/id@version; empty where it came from outside or by a timer. */
  readonly causationId: string;
  /** When it was sent, milliseconds since 1970 by the sender's clock. */
  readonly sentAtMs: number;
  /** The command, encoded as the receiving kind's command message. */
  readonly command: Uint8Array;
  /** Whether the sender waits only until a mailbox has it. */
  readonly acceptance: boolean;
  /** How often it was sent on by a node that does not have the actor. */
  readonly hops: number;
  /** Whether the journal names the receiving node as the one that the actor stays on. */
  readonly anchored: boolean;
}

/** Why a command was not obeyed. A value of the protocol, never an exception. */
export interface Rejection {
  /** A code in SCREAMING_CASE that docs/errors.md or the actor's README explains. */
  readonly code: string;
  /** One sentence for a person: what happened, to what, what to do. */
  readonly message: string;
  /** When trying again makes sense, in milliseconds from now; absent where it does not. */
  readonly retryAfterMs?: number;
}

/** What a command's sender gets back once its events are durable. */
export interface Answer {
  /** The reply, encoded as the kind's reply message; absent where the command has none. */
  readonly reply?: Uint8Array;
  /** Set where the command was refused. */
  readonly rejection?: Rejection;
  /** Version of the actor's stream after the command. */
  readonly version: number;
}

/** What one command did to one actor: the unit that the journal keeps, whole or not at all. */
export interface Commit {
  /** kind/id of the actor. */
  readonly stream: string;
  /** 1 for the first commit of a stream, then without a gap. */
  readonly version: number;
  /** When it was decided, milliseconds since 1970. */
  readonly atMs: number;
  readonly commandId: string;
  readonly correlationId: string;
  readonly causationId: string;
  readonly sender: string;
  /** The events in order, each encoded as the kind's event message. */
  readonly events: readonly Uint8Array[];
  /** The answer that was given, so that the same command gets it again. */
  readonly answer?: Answer;
  /** SHA-256 of the commit before it in the stream; empty in the first. */
  readonly previousHash: Uint8Array;
  /** NAME#LIFE of the node that wrote it: a node that starts again is another one. Absent in commits of version 0.1. */
  readonly node?: string;
}

/** A command that no actor could take, kept until a person decides. */
export interface DeadLetter {
  readonly envelope: Envelope;
  /** Why it died: an error code. */
  readonly code: string;
  readonly message: string;
  readonly atMs: number;
  /** How often it was tried. */
  readonly attempts: number;
}

export const envelope: Codec<Envelope> = codec('callboard.envelope.v1.Envelope');

export const rejection: Codec<Rejection> = codec('callboard.envelope.v1.Rejection');

export const answer: Codec<Answer> = codec('callboard.envelope.v1.Answer');

export const commit: Codec<Commit> = codec('callboard.envelope.v1.Commit');

export const deadLetter: Codec<DeadLetter> = codec('callboard.envelope.v1.DeadLetter');
