import { expect, test } from '@jest/globals';
import { ObjectId } from 'mongodb';
import type { MarkerDocument } from './journal-documents.ts';
import { isBelieved, isDead, type Last } from './journal-marker-belief.ts';

const id = new ObjectId();
const fields = { _id: id, of: 'call/1', from: 5, by: 7 };
const wakeful: MarkerDocument = { ...fields, marker: 'wakeful' };
const timer: MarkerDocument = { ...fields, marker: 'timer', key: 'ring', dueAtMs: 9, command: new Uint8Array(0) };
const ringing = { key: 'ring', atMs: 9, id };

test.each<[string, MarkerDocument, Last | undefined, boolean, 'believed' | 'kept' | 'dead']>([
  ['no commit, its writer may be writing it', wakeful, undefined, false, 'kept'],
  ['no commit, and its writer has ended', wakeful, undefined, true, 'dead'],
  ['the commit is not there yet', timer, { version: 4 }, false, 'kept'],
  ['the commit will never be there', timer, { version: 4 }, true, 'dead'],
  ['the commit is there', wakeful, { version: 5, wake: id }, false, 'believed'],
  ['the commit is there, its writer has ended', timer, { version: 5, timers: [ringing] }, true, 'believed'],
  ['a later commit still refers to it', timer, { version: 9, timers: [ringing] }, false, 'believed'],
  ['a later commit took it back', wakeful, { version: 6 }, false, 'dead'],
  ['a later commit moved it', timer, { version: 6, timers: [{ ...ringing, id: new ObjectId() }] }, false, 'dead'],
  ['another commit of that version won', wakeful, { version: 5, wake: new ObjectId() }, false, 'dead'],
])('%s', (_, marker, last, ended, thought) => {
  const verdict = isBelieved(marker, last) ? 'believed' : isDead(marker, last, ended) ? 'dead' : 'kept';
  expect(verdict).toBe(thought);
});
