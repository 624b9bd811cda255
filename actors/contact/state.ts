/** What a contact knows of itself: how often its number was read, and what the law asks for. */
import { emptyLedger, entered, type Ledger } from '#law/ledger.ts';
import type { ContactEvent, PermitRefused } from '#proto/generated/contact.ts';

export interface ContactState {
  readonly readings: number;
  readonly notes: number;
  /** Ids of the last notes: one that is told of again counts once. */
  readonly noteIds: readonly string[];
  readonly erased: boolean;
  readonly ledger: Ledger;
  /** The last refusal, so that a call which asks again after a crash is refused once. */
  readonly refusal?: PermitRefused;
}

/** Whoever keeps a note again does so at once, after a failure. */
const mostRemembered = 50;

export function initial(): ContactState {
  return { readings: 0, notes: 0, noteIds: [], erased: false, ledger: emptyLedger() };
}

export function evolve(state: ContactState, event: ContactEvent): ContactState {
  switch (event.type) {
    case 'NumberRead':
      return { ...state, readings: state.readings + 1 };
    case 'NoteKept':
      return { ...state, notes: state.notes + 1, noteIds: [...state.noteIds, event.noteId].slice(-mostRemembered) };
    case 'NotesRead':
      return state;
    case 'ContactErased':
      return { ...state, erased: true, notes: 0 };
    case 'PermitRefused': {
      const { type: _, ...refusal } = event;
      return { ...state, refusal };
    }
    default:
      return { ...state, ledger: entered(state.ledger, event) };
  }
}
