// Generated from proto/dead-letters.proto by npm run proto. Do not edit.
import { type Codec, codec, type Protocol } from '#proto/codec.ts';
import type { DeadLetter } from './envelope.ts';

export type DeadLettersCommand =
  | ({ readonly type: 'KeepLetter' } & KeepLetter)
  | ({ readonly type: 'ResendLetter' } & ResendLetter)
  | ({ readonly type: 'DropLetter' } & DropLetter)
  | ({ readonly type: 'ListLetters' } & ListLetters);

/** Keeps a command that could not be taken. */
export interface KeepLetter {
  readonly letter: DeadLetter;
}

/** Sends a kept command to its actor once more, under the same id. */
export interface ResendLetter {
  readonly commandId: string;
  /** Who asked for it. */
  readonly by: string;
}

/** Forgets a kept command. */
export interface DropLetter {
  readonly commandId: string;
  /** Who asked for it. */
  readonly by: string;
}

/** Asks for all that is kept. Journals nothing. */
export interface ListLetters {}

export type DeadLettersEvent =
  | ({ readonly type: 'LetterKept' } & LetterKept)
  | ({ readonly type: 'LetterResent' } & LetterResent)
  | ({ readonly type: 'LetterDropped' } & LetterDropped);

export interface LetterKept {
  readonly letter: DeadLetter;
}

export interface LetterResent {
  readonly commandId: string;
  readonly by: string;
}

export interface LetterDropped {
  readonly commandId: string;
  readonly by: string;
}

export type DeadLettersReply =
  | ({ readonly type: 'LetterList' } & LetterList);

export interface LetterList {
  readonly letters: readonly DeadLetter[];
}

export const deadLettersCommand: Codec<DeadLettersCommand> = codec('callboard.dead_letters.v1.DeadLettersCommand');

export const deadLettersEvent: Codec<DeadLettersEvent> = codec('callboard.dead_letters.v1.DeadLettersEvent');

export const deadLettersReply: Codec<DeadLettersReply> = codec('callboard.dead_letters.v1.DeadLettersReply');

/** What can be said to a dead-letters actor, and what it can say. */
export const deadLettersProtocol: Protocol<DeadLettersCommand, DeadLettersEvent, DeadLettersReply> = {
  kind: 'dead-letters',
  command: deadLettersCommand,
  event: deadLettersEvent,
  reply: deadLettersReply,
};
