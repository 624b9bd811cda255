import { describe, test } from '@jest/globals';
import { contactProtocol } from '#proto/generated/contact.ts';
import { given } from '#test/given.ts';
import { decide } from './decide.ts';
import { isWakeful, react, resume } from './react.ts';
import { evolve, initial } from './state.ts';

const contact = { protocol: contactProtocol, initial, decide, evolve, react, resume, isWakeful };

describe('a contact', () => {
  test('remembers every reading of its number', () => {
    given(contact)
      .when({ type: 'RecordReading', purpose: 'dial', by: 'call/c.1.1' }, { nowMs: 5 })
      .then({ type: 'NumberRead', purpose: 'dial', by: 'call/c.1.1', atMs: 5 })
      .when({ type: 'RecordReading', purpose: 'export', by: 'wang' }, { nowMs: 9 })
      .then({ type: 'NumberRead', purpose: 'export', by: 'wang', atMs: 9 })
      .when({ type: 'DescribeContact' })
      .thenReply({
        type: 'ContactDescribed',
        readings: 2,
        erased: false,
        lists: [],
        consents: [],
        recentAttempts: 0,
        notes: 0,
      });
  });

  test('counts each note about it once, and remembers who read them', () => {
    const note = { noteId: 'n-1', callId: 'c.1.1', by: 'agent/ann' };
    given(contact)
      .when({ type: 'RecordNote', ...note }, { nowMs: 5 })
      .then({ type: 'NoteKept', ...note, atMs: 5 })
      .when({ type: 'RecordNote', ...note }, { nowMs: 6 })
      .then()
      .when({ type: 'RecordNote', ...note, noteId: 'n-2' }, { nowMs: 7 })
      .then({ type: 'NoteKept', ...note, noteId: 'n-2', atMs: 7 })
      .when({ type: 'RecordNotesReading', purpose: 'console', by: 'wang' }, { nowMs: 9 })
      .then({ type: 'NotesRead', purpose: 'console', by: 'wang', atMs: 9 })
      .when({ type: 'DescribeContact' })
      .thenReply({
        ...{ type: 'ContactDescribed', readings: 0, erased: false },
        ...{ lists: [], consents: [], recentAttempts: 0, notes: 2 },
      });
  });

  test('is erased once, and read no more', () => {
    given(contact)
      .when({ type: 'RecordErasure', by: 'wang' }, { nowMs: 7 })
      .then({ type: 'ContactErased', by: 'wang', atMs: 7 })
      .when({ type: 'RecordErasure', by: 'wang' })
      .then()
      .when({ type: 'RecordReading', purpose: 'dial', by: 'call/c.1.1' })
      .thenRejected('CONTACT_ERASED')
      .when({ type: 'RecordNotesReading', purpose: 'console', by: 'wang' })
      .thenRejected('CONTACT_ERASED')
      .when({ type: 'RecordNote', noteId: 'n-1', callId: 'c.1.1', by: 'agent/ann' })
      .thenRejected('CONTACT_ERASED');
  });
});
