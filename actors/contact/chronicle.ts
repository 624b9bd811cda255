/** What the history of a contact is read with: by its actor, and by all who replay it. Upcasters of old events go here. */
import { contactProtocol } from '#proto/generated/contact.ts';
import { evolve, initial } from './state.ts';

export const contactChronicle = { protocol: contactProtocol, initial, evolve };
