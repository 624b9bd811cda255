/** What a contact knows of itself: how often its number was read. */
import type { ContactEvent } from '#proto/generated/contact.ts';

export interface ContactState {
  readonly readings: number;
  readonly erased: boolean;
}

export function initial(): ContactState {
  return { readings: 0, erased: false };
}

export function evolve(state: ContactState, event: ContactEvent): ContactState {
  switch (event.type) {
    case 'NumberRead':
      return { ...state, readings: state.readings + 1 };
    case 'ContactErased':
      return { ...state, erased: true };
  }
}
