/** A contact lets its number and its notes be read, in public, until it is erased; and it says whether it may be called. */
import type { ContactCommand, ContactEvent, ContactReply } from '#proto/generated/contact.ts';
import { accept, answer, type CommandMeta, type Decision, reject } from '#runtime/decision.ts';
import { lawful } from './permits.ts';
import type { ContactState } from './state.ts';

export function decide(
  state: ContactState,
  command: ContactCommand,
  meta: CommandMeta,
): Decision<ContactEvent, ContactReply> {
  switch (command.type) {
    case 'RecordReading':
      if (state.erased) return erased(meta);
      return accept({ type: 'NumberRead', purpose: command.purpose, by: command.by, atMs: meta.nowMs });
    case 'RecordNote': {
      if (state.erased) return erased(meta);
      const { noteId, callId, by } = command;
      if (state.noteIds.includes(noteId)) return accept();
      return accept({ type: 'NoteKept', noteId, callId, by, atMs: meta.nowMs });
    }
    case 'RecordNotesReading':
      if (state.erased) return erased(meta);
      return accept({ type: 'NotesRead', purpose: command.purpose, by: command.by, atMs: meta.nowMs });
    case 'RecordErasure':
      return state.erased ? accept() : accept({ type: 'ContactErased', by: command.by, atMs: meta.nowMs });
    case 'DescribeContact':
      return answer(described(state));
    case 'RequestPermit':
      return state.erased ? erased(meta) : lawful(state, command, meta.nowMs);
    default:
      return lawful(state, command, meta.nowMs);
  }
}

function erased({ actorId }: CommandMeta) {
  return reject('CONTACT_ERASED', `Contact ${actorId} was erased: nobody can read its number or its notes.`);
}

function described({ readings, notes, erased, ledger }: ContactState): ContactReply {
  return {
    type: 'ContactDescribed',
    readings,
    erased,
    lists: ledger.lists.map(({ list, campaignId }) => (campaignId === '' ? list : `${list} (${campaignId})`)),
    consents: ledger.consents.map((campaignId) => campaignId || '*'),
    recentAttempts: ledger.attempts.length,
    notes,
  };
}
