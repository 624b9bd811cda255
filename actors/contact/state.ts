/** What a contact knows of itself: how often its number was read, and what the law asks for. */
import { emptyLedger, entered, type Ledger } from '#law/ledger.ts';
import type { ContactEvent, PermitRefused } from '#proto/generated/contact.ts';

export interface ContactState {
  readonly readings: number;
  readonly erased: boolean;
  readonly ledger: Ledger;
  /** The last refusal, so that a call which asks again after a crash is refused once. */
  readonly refusal?: PermitRefused;
}

export function initial(): ContactState {
  return { readings: 0, erased: false, ledger: emptyLedger() };
}

export function evolve(state: ContactState, event: ContactEvent): ContactState {
  switch (event.type) {
    case 'NumberRead':
      return { ...state, readings: state.readings + 1 };
    case 'ContactErased':
      return { ...state, erased: true };
    case 'PermitRefused': {
      const { type: _, ...refusal } = event;
      return { ...state, refusal };
    }
    default:
      return { ...state, ledger: entered(state.ledger, event) };
  }
}
