/** A contact lets its number be read, in public, until it is erased. */
import type { ContactCommand, ContactEvent, ContactReply } from '#proto/generated/contact.ts';
import { accept, answer, type CommandMeta, type Decision, reject } from '#runtime/decision.ts';
import type { ContactState } from './state.ts';

export function decide(
  state: ContactState,
  command: ContactCommand,
  meta: CommandMeta,
): Decision<ContactEvent, ContactReply> {
  switch (command.type) {
    case 'RecordReading':
      if (state.erased)
        return reject('CONTACT_ERASED', `Contact ${meta.actorId} was erased: nobody can read its number.`);
      return accept({ type: 'NumberRead', purpose: command.purpose, by: command.by, atMs: meta.nowMs });
    case 'RecordErasure':
      return state.erased ? accept() : accept({ type: 'ContactErased', by: command.by, atMs: meta.nowMs });
    case 'DescribeContact':
      return answer({ type: 'ContactDescribed', readings: state.readings, erased: state.erased });
  }
}
