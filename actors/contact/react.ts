/** A contact wants nothing done: it is a witness. */
import type { ContactCommand } from '#proto/generated/contact.ts';
import type { Effect } from '#runtime/effects.ts';

export function react(): readonly Effect<ContactCommand>[] {
  return [];
}

export function resume(): readonly Effect<ContactCommand>[] {
  return [];
}

export function isWakeful(): boolean {
  return false;
}
