/** What an activation is given by its node. */
import type { SteadyClock } from '#ports/clock.ts';
import type { ErrorCode } from '#ports/errors.ts';
import type { Journal } from '#ports/journal.ts';
import type { Logger } from '#ports/logger.ts';
import type { Observer } from '#ports/observer.ts';
import type { Tagged } from '#proto/codec.ts';
import type { Activation } from './activation.ts';
import type { Doubt } from './doubt.ts';
import type { Effect } from './effects.ts';
import type { Mail } from './mail.ts';

/** What an effect comes from. */
export interface Cause {
  readonly correlationId: string;
  /** kind/id@version of the commit. */
  readonly causationId: string;
  /** When it was decided, by a clock that nobody sets. */
  readonly decidedAtMs: number;
}

export interface Surroundings {
  readonly journal: Journal;
  readonly clock: SteadyClock;
  readonly logger: Logger;
  /** Whether others may have written what is in memory here. */
  readonly doubt: Doubt;
  /** Name of this node in commits. */
  readonly self: string;
  /** Whether the node that wrote a commit still lives the life in which it did. */
  isAlive(writer: string): boolean;
  /** The actor stays on the node of this name: what comes for it goes there. */
  anchoredAt(activation: Activation, writer: string): void;
  readonly observer: Observer | undefined;
  /** Whether the actor is placed on this node. */
  isHere(kind: string, id: string): boolean;
  /** Performs effects whose events are durable. */
  perform(activation: Activation, cause: Cause, effects: readonly Effect<Tagged>[]): void;
  /** A durable timer was set to this time. */
  timerSet(atMs: number): void;
  deadLetter(activation: Activation, mail: Mail, code: ErrorCode, message: string): void;
  /** The activation is out of memory; mail that it had not taken goes where its actor is now. */
  left(activation: Activation, mails: readonly Mail[]): void;
  /** The node cannot go on: the journal cannot be relied on any more. */
  fatal(error: unknown): void;
}
