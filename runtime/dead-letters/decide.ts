/** What may be done with a dead letter. */
import type { DeadLettersCommand, DeadLettersEvent, DeadLettersReply } from '#proto/generated/dead-letters.ts';
import { deadLettersProtocol } from '#proto/generated/dead-letters.ts';
import { accept, answer, type Decision, reject } from '#runtime/decision.ts';
import type { DeadLettersState } from './state.ts';

export function decide(
  { kept, resending }: DeadLettersState,
  command: DeadLettersCommand,
): Decision<DeadLettersEvent, DeadLettersReply> {
  switch (command.type) {
    case 'KeepLetter':
      // Or a letter that cannot be kept would be kept for ever.
      if (command.letter.envelope.toKind === deadLettersProtocol.kind) {
        return reject('LETTER_TO_ITSELF', 'A command to the dead letters is not kept there; look at the log.');
      }
      return accept({ type: 'LetterKept', letter: command.letter });
    case 'ResendLetter':
      return holds(kept, command.commandId)
        ? accept({ type: 'LetterResent', commandId: command.commandId, by: command.by })
        : unknown(command.commandId);
    case 'DropLetter':
      return holds(kept, command.commandId) || holds(resending, command.commandId)
        ? accept({ type: 'LetterDropped', commandId: command.commandId, by: command.by })
        : unknown(command.commandId);
    case 'ListLetters':
      return answer({ type: 'LetterList', letters: [...resending, ...kept] });
  }
}

function holds(letters: DeadLettersState['kept'], commandId: string): boolean {
  return letters.some(({ envelope }) => envelope.commandId === commandId);
}

function unknown(commandId: string) {
  return reject('LETTER_UNKNOWN', `No dead letter has the command id ${commandId}; list them to see which there are.`);
}
