/** What a note may be. */
import { FatalError } from '#ports/errors.ts';
import { longestNote } from '#ports/vault.ts';

/**
 * The text of a note without the blanks around it.
 * @throws NOTE_UNUSABLE where nothing is left, or too much; the text is not repeated.
 */
export function usableText(text: string): string {
  const trimmed = text.trim();
  const characters = [...trimmed].length;
  if (characters >= 1 && characters <= longestNote) return trimmed;
  throw new FatalError(
    'NOTE_UNUSABLE',
    `A note has 1 to ${longestNote} characters, and this one has ${characters}: write ${characters === 0 ? 'something' : 'several'}.`,
  );
}
