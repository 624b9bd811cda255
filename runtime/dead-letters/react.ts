/** What follows from a person's decision on a dead letter. */
import type { DeadLettersCommand, DeadLettersEvent } from '#proto/generated/dead-letters.ts';
import type { DeadLetter } from '#proto/generated/envelope.ts';
import { type Effect, run } from '#runtime/effects.ts';
import type { DeadLettersState } from './state.ts';

export function react(state: DeadLettersState, event: DeadLettersEvent): readonly Effect<DeadLettersCommand>[] {
  if (event.type !== 'LetterResent') return [];
  const letter = state.resending.find(({ envelope }) => envelope.commandId === event.commandId);
  return letter ? [resend(letter)] : [];
}

/** The receiver takes a command once, however often it is sent. */
export function resume(state: DeadLettersState): readonly Effect<DeadLettersCommand>[] {
  return state.resending.map(resend);
}

export function isWakeful(state: DeadLettersState): boolean {
  return state.resending.length > 0;
}

function resend(letter: DeadLetter): Effect<DeadLettersCommand> {
  return run('resend', letter, `resend:${letter.envelope.commandId}@${letter.atMs}`);
}
