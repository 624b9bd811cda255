/** The commands that no actor could take. */
import type { DeadLettersEvent } from '#proto/generated/dead-letters.ts';
import type { DeadLetter } from '#proto/generated/envelope.ts';

export interface DeadLettersState {
  /** In the order they came; until a person decides. */
  readonly kept: readonly DeadLetter[];
  /** Sent again, and not yet known to have arrived. */
  readonly resending: readonly DeadLetter[];
}

export const initial = (): DeadLettersState => ({ kept: [], resending: [] });

export function evolve(state: DeadLettersState, event: DeadLettersEvent): DeadLettersState {
  switch (event.type) {
    case 'LetterKept': {
      const { commandId } = event.letter.envelope;
      return {
        ...state,
        kept: [...without(state.kept, commandId), event.letter],
        resending: without(state.resending, commandId),
      };
    }
    case 'LetterResent':
      return {
        kept: without(state.kept, event.commandId),
        resending: [
          ...state.resending,
          ...state.kept.filter((letter) => letter.envelope.commandId === event.commandId),
        ],
      };
    case 'LetterDropped':
      return {
        ...state,
        kept: without(state.kept, event.commandId),
        resending: without(state.resending, event.commandId),
      };
  }
}

function without(letters: readonly DeadLetter[], commandId: string): readonly DeadLetter[] {
  return letters.filter((letter) => letter.envelope.commandId !== commandId);
}
