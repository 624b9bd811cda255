/** What a contact makes of every command, whatever is known of it. */
import { describe } from '@jest/globals';
import { type ContactCommand, type ContactEvent, contactProtocol } from '#proto/generated/contact.ts';
import type { Law } from '#proto/generated/law.ts';
import { type Rows, testStates } from '#test/state-table.ts';
import { decide } from './decide.ts';
import { isWakeful, react, resume } from './react.ts';
import { evolve, initial } from './state.ts';

const contact = { protocol: contactProtocol, initial, decide, evolve, react, resume, isWakeful };
const source = { citation: 'a test', url: 'https://example.org', note: '' };
const law: Law = {
  profile: 'test',
  fingerprint: 'f-1',
  rules: [
    { id: 'test.lists', source, limit: { type: 'DoNotCall', lists: [] } },
    { id: 'test.attempts', source, limit: { type: 'Attempts', most: 1, windowMs: 5000, per: 'contact' } },
    { id: 'test.wait', source, limit: { type: 'AfterConversation', waitMs: 5000, per: 'contact' } },
    { id: 'test.abandoned', source, limit: { type: 'AfterAbandon', waitMs: 5000 } },
    { id: 'test.consent', source, limit: { type: 'Consent', recordedOnly: true, anyCampaign: false } },
  ],
};
const standing = { zones: ['UTC'] };
const asked = { campaignId: 'c', law, standing, showsNumber: true, recorded: false, agentWaits: false };
const permitted = {
  type: 'PermitGranted',
  ...{ callId: 'c.1.1', campaignId: 'c', law: 'f-1', standing },
  ...{ showsNumber: true, recorded: false, agentWaits: false, atMs: 1000 },
} as const;
const listed = { list: 'global', campaignId: '', by: 'wang' } as const;

/** By what is known. */
const states = {
  fresh: [],
  permitted: [permitted],
  released: [permitted, { type: 'AttemptReleased', callId: 'c.1.1', atMs: 1010 }],
  open: [{ ...permitted, untilMs: 9000 }],
  refused: [
    { ...permitted, callId: 'c.0.1' },
    {
      type: 'PermitRefused',
      callId: 'c.1.1',
      campaignId: 'c',
      law: 'f-1',
      ruleId: 'test.attempts',
      retryAtMs: 6000,
      atMs: 1100,
    },
  ],
  talked: [{ type: 'ConversationRecorded', callId: 'c.0.1', campaignId: 'c', atMs: 1000 }],
  abandoned: [{ type: 'AbandonRecorded', callId: 'c.0.1', campaignId: 'c', atMs: 1000 }],
  listed: [{ type: 'CallsForbidden', ...listed, atMs: 1 }],
  'opted-out': [{ type: 'CallsForbidden', list: 'opt-out', campaignId: '', by: 'call/c.0.1', means: 'digit', atMs: 1 }],
  agreed: [{ type: 'ConsentGranted', campaignId: 'c', by: 'wang', evidence: 'form 7', atMs: 1 }],
  erased: [{ type: 'ContactErased', by: 'wang', atMs: 1 }],
} as const satisfies Readonly<Record<string, readonly ContactEvent[]>>;

const outcome = { callId: 'c.1.1', campaignId: 'c', talkMs: 0, atMs: 1500 } as const;

const rows: Rows<ContactCommand> = {
  RequestPermit: [
    [
      { ...asked, callId: 'c.1.1' },
      {
        'PermitGranted (PermitAnswered)': 'fresh released agreed',
        '(PermitAnswered)': 'permitted open refused',
        'PermitRefused (PermitAnswered)': 'talked abandoned listed opted-out',
        '! CONTACT_ERASED': 'erased',
      },
    ],
    [
      { ...asked, callId: 'c.1.1', recorded: true },
      {
        'PermitRefused (PermitAnswered)': 'rest',
        'PermitGranted (PermitAnswered)': 'agreed',
        '! CONTACT_ERASED': 'erased',
      },
    ],
    [
      { ...asked, callId: 'c.2.1', agentWaits: true },
      {
        'PermitGranted (PermitAnswered)': 'fresh released abandoned agreed',
        'PermitRefused (PermitAnswered)': 'rest',
        '! CONTACT_ERASED': 'erased',
      },
    ],
  ],
  ReportAttemptOutcome: [
    [
      { ...outcome, dialed: false, outcome: 'canceled' },
      { nothing: 'rest', AttemptReleased: 'permitted open' },
    ],
    [
      { ...outcome, dialed: true, outcome: 'busy' },
      { nothing: 'rest', AttemptOver: 'open' },
    ],
    [{ ...outcome, dialed: true, outcome: 'answered', talkMs: 900 }, { ConversationRecorded: 'rest' }],
    [{ ...outcome, dialed: true, outcome: 'abandoned' }, { AbandonRecorded: 'rest' }],
  ],
  DoubtCall: [
    [{ callId: 'c.1.1' }, { nothing: 'rest', CallDoubted: 'open' }],
    [{ callId: 'c.2.1' }, { nothing: 'rest' }],
  ],
  OptOut: [
    [
      { callId: 'c.1.1', campaignId: 'c', means: 'digit' },
      { CallsForbidden: 'rest', nothing: 'opted-out' },
    ],
  ],
  GrantConsent: [
    [
      { campaignId: 'c', by: 'wang', evidence: 'form 7' },
      { ConsentGranted: 'rest', nothing: 'agreed' },
    ],
  ],
  RevokeConsent: [
    [
      { campaignId: 'c', by: 'wang' },
      { nothing: 'rest', ConsentRevoked: 'agreed' },
    ],
  ],
  ForbidCalls: [[listed, { CallsForbidden: 'rest', nothing: 'listed' }]],
  AllowCalls: [[listed, { nothing: 'rest', CallsAllowed: 'listed' }]],
  RecordReading: [
    [
      { purpose: 'dial', by: 'call/c.1.1' },
      { NumberRead: 'rest', '! CONTACT_ERASED': 'erased' },
    ],
  ],
  RecordNote: [
    [
      { noteId: 'n-1', callId: 'c.1.1', by: 'ann' },
      { NoteKept: 'rest', '! CONTACT_ERASED': 'erased' },
    ],
  ],
  RecordNotesReading: [
    [
      { purpose: 'console', by: 'wang' },
      { NotesRead: 'rest', '! CONTACT_ERASED': 'erased' },
    ],
  ],
  RecordErasure: [[{ by: 'wang' }, { ContactErased: 'rest', nothing: 'erased' }]],
  DescribeContact: [[{}, { '(ContactDescribed)': 'rest' }]],
};

describe('a contact, whatever is known of it', () => {
  testStates(contact, states, { actorId: 'p-1', nowMs: 2000 }, rows);
});
