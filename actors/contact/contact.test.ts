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
      .thenReply({ type: 'ContactDescribed', readings: 2, erased: false, lists: [], consents: [], recentAttempts: 0 });
  });

  test('is erased once, and read no more', () => {
    given(contact)
      .when({ type: 'RecordErasure', by: 'wang' }, { nowMs: 7 })
      .then({ type: 'ContactErased', by: 'wang', atMs: 7 })
      .when({ type: 'RecordErasure', by: 'wang' })
      .then()
      .when({ type: 'RecordReading', purpose: 'dial', by: 'call/c.1.1' })
      .thenRejected('CONTACT_ERASED');
  });
});
