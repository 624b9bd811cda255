/** Everybody who was called, without number and name: who is behind an id is for the vault to say, and to journal. */

import { defineProjection, type EventMeta, type Mention } from '#projections/projection.ts';
import { type CallEvent, callEvent } from '#proto/generated/call.ts';
import { type ContactEvent, contactEvent } from '#proto/generated/contact.ts';

export interface ContactDocument {
  /** The number as people may see it; empty until a call named it, and once the contact is erased. */
  readonly mask: string;
  /** How often the number was read. */
  readonly readings: number;
  /** What for, the last time, such as dial. */
  readonly lastPurpose: string;
  readonly lastReadAtMs: number;
  readonly erased: boolean;
  readonly erasedAtMs: number;
}

const initial: ContactDocument = {
  mask: '',
  readings: 0,
  lastPurpose: '',
  lastReadAtMs: 0,
  erased: false,
  erasedAtMs: 0,
};

/** The document after an event of the contact's own. */
export function apply(document: ContactDocument = initial, event: ContactEvent, _meta: EventMeta): ContactDocument {
  switch (event.type) {
    case 'NumberRead': {
      const { purpose, atMs } = event;
      return { ...document, readings: document.readings + 1, lastPurpose: purpose, lastReadAtMs: atMs };
    }
    case 'ContactErased':
      return { ...document, mask: '', erased: true, erasedAtMs: event.atMs };
    default:
      return document;
  }
}

/** A call knows the mask of the contact that it is for. */
export function mentionOf(event: CallEvent): Mention<ContactDocument> | undefined {
  if (event.type !== 'CallRequested' || !event.contactId) return undefined;
  const { contactId, mask } = event;
  return {
    id: contactId,
    apply: (document = initial) => (document.mask || document.erased ? document : { ...document, mask }),
  };
}

export const contacts = defineProjection<ContactDocument, ContactEvent, CallEvent>({
  name: 'contacts',
  schema: 1,
  kind: 'contact',
  event: contactEvent,
  fields: {
    mask: 'text',
    readings: 'number',
    lastPurpose: 'text',
    lastReadAtMs: 'number',
    erased: 'flag',
    erasedAtMs: 'number',
  },
  indexes: ['lastReadAtMs'],
  apply,
  mentions: { kind: 'call', event: callEvent, mentionOf },
});
