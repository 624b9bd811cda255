// Generated from proto/contact.proto by npm run proto. Do not edit.
import { type Codec, codec, type Protocol } from '#proto/codec.ts';
import type { Law, Standing } from './law.ts';
import type { Outcome } from './call.ts';

export type ContactCommand =
  | ({ readonly type: 'RecordReading' } & RecordReading)
  | ({ readonly type: 'RecordErasure' } & RecordErasure)
  | ({ readonly type: 'DescribeContact' } & DescribeContact)
  | ({ readonly type: 'RequestPermit' } & RequestPermit)
  | ({ readonly type: 'ReportAttemptOutcome' } & ReportAttemptOutcome)
  | ({ readonly type: 'GrantConsent' } & GrantConsent)
  | ({ readonly type: 'RevokeConsent' } & RevokeConsent)
  | ({ readonly type: 'ForbidCalls' } & ForbidCalls)
  | ({ readonly type: 'AllowCalls' } & AllowCalls)
  | ({ readonly type: 'OptOut' } & OptOut)
  | ({ readonly type: 'DoubtCall' } & DoubtCall)
  | ({ readonly type: 'RecordNote' } & RecordNote)
  | ({ readonly type: 'RecordNotesReading' } & RecordNotesReading);

/** The vault is about to give the number in the clear. */
export interface RecordReading {
  /** What for, a word such as dial. */
  readonly purpose: string;
  /** Who: kind/id of an actor, or the name of a person. */
  readonly by: string;
}

/** The vault has a note about the contact. Told again of the same one, it counts once. */
export interface RecordNote {
  /** Random: what is said in it the vault knows. */
  readonly noteId: string;
  /** The call that it is about. */
  readonly callId: string;
  /** kind/id of the agent who wrote it. */
  readonly by: string;
}

/** The vault is about to give the notes in the clear. */
export interface RecordNotesReading {
  /** What for. */
  readonly purpose: string;
  /** Name of a person, or kind/id of an actor. */
  readonly by: string;
}

/** The vault is about to destroy the contact's key. */
export interface RecordErasure {
  readonly by: string;
}

/** May this call be dialed now? The same call is counted once, however often it asks. */
export interface RequestPermit {
  readonly callId: string;
  readonly campaignId: string;
  readonly law: Law;
  readonly standing: Standing;
  /** Whether the trunk shows a number to those called. */
  readonly showsNumber: boolean;
  /** Whether the voice is recorded or made: no agent talks. */
  readonly recorded: boolean;
  /** Whether an agent is there already and waits for the answer. */
  readonly agentWaits: boolean;
  /** From now on the call is over by then, ms; absent: its node does not know of calls that are under way. */
  readonly lastsMs?: number;
}

/** What became of a call that was permitted. */
export interface ReportAttemptOutcome {
  readonly callId: string;
  readonly campaignId: string;
  readonly outcome: Outcome;
  /** Whether it was dialed at all. */
  readonly dialed: boolean;
  /** From the answer to the end, ms; 0: nobody answered. */
  readonly talkMs: number;
  readonly atMs: number;
  readonly debt?: string;
}

/** Sent by a timer: a call that was permitted must be over by now, and nobody has said how it ended. */
export interface DoubtCall {
  readonly callId: string;
}

/** The contact has agreed to be called. */
export interface GrantConsent {
  /** For this campaign; empty: for all. */
  readonly campaignId: string;
  readonly by: string;
  /** Where it can be looked up, such as form 2026-11; never a name or a number. */
  readonly evidence: string;
}

/** The contact does not agree any more. */
export interface RevokeConsent {
  /** For this campaign; empty: for all, whatever was agreed to. */
  readonly campaignId: string;
  readonly by: string;
}

/** The contact is on a list of those who are not called. */
export interface ForbidCalls {
  /** Name of the list, such as global. */
  readonly list: string;
  /** By this campaign; empty: by none. */
  readonly campaignId: string;
  readonly by: string;
}

/** The contact is not on that list any more. */
export interface AllowCalls {
  readonly list: string;
  readonly campaignId: string;
  readonly by: string;
}

/** The contact wants no more calls, and said so in one. Whatever was agreed to is revoked with it. */
export interface OptOut {
  readonly callId: string;
  readonly campaignId: string;
  readonly means: Means;
}

/** How somebody said so. */
export type Means =
  | 'unspecified'
  | 'digit'
  | 'voice';

/** Asks how often the number was read. Journals nothing. */
export interface DescribeContact {}

export type ContactEvent =
  | ({ readonly type: 'NumberRead' } & NumberRead)
  | ({ readonly type: 'ContactErased' } & ContactErased)
  | ({ readonly type: 'PermitGranted' } & PermitGranted)
  | ({ readonly type: 'PermitRefused' } & PermitRefused)
  | ({ readonly type: 'AttemptReleased' } & AttemptReleased)
  | ({ readonly type: 'ConversationRecorded' } & ConversationRecorded)
  | ({ readonly type: 'AbandonRecorded' } & AbandonRecorded)
  | ({ readonly type: 'ConsentGranted' } & ConsentGranted)
  | ({ readonly type: 'ConsentRevoked' } & ConsentRevoked)
  | ({ readonly type: 'CallsForbidden' } & CallsForbidden)
  | ({ readonly type: 'CallsAllowed' } & CallsAllowed)
  | ({ readonly type: 'AttemptOver' } & AttemptOver)
  | ({ readonly type: 'CallDoubted' } & CallDoubted)
  | ({ readonly type: 'NoteKept' } & NoteKept)
  | ({ readonly type: 'NotesRead' } & NotesRead);

export interface NumberRead {
  readonly purpose: string;
  readonly by: string;
  readonly atMs: number;
}

export interface NoteKept {
  readonly noteId: string;
  readonly callId: string;
  readonly by: string;
  readonly atMs: number;
}

export interface NotesRead {
  readonly purpose: string;
  readonly by: string;
  readonly atMs: number;
}

/** The contact's key is destroyed: nobody can read the number or a note again. */
export interface ContactErased {
  readonly by: string;
  readonly atMs: number;
}

/** The attempt counts from here: also where a crash keeps it from being dialed. */
export interface PermitGranted {
  readonly callId: string;
  readonly campaignId: string;
  /** Fingerprint of the rules that it was checked by. */
  readonly law: string;
  readonly standing: Standing;
  readonly showsNumber: boolean;
  readonly recorded: boolean;
  readonly agentWaits: boolean;
  readonly atMs: number;
  /** The call is under way until its end is reported, and at most until then; absent: nobody waits for its end. */
  readonly untilMs?: number;
}

export interface PermitRefused {
  readonly callId: string;
  readonly campaignId: string;
  readonly law: string;
  /** Which of them refused it. */
  readonly ruleId: string;
  /** When it may be tried again; absent: never. */
  readonly retryAtMs?: number;
  readonly atMs: number;
}

/** A permitted call that was certainly never dialed: it counts no more. */
export interface AttemptReleased {
  readonly callId: string;
  readonly atMs: number;
}

/** A permitted call is over, and nobody answered. */
export interface AttemptOver {
  readonly callId: string;
  readonly atMs: number;
}

/** Nobody has said how a permitted call ended: it is asked. */
export interface CallDoubted {
  readonly callId: string;
  readonly atMs: number;
}

/** The contact answered, and we talked. */
export interface ConversationRecorded {
  readonly callId: string;
  readonly campaignId: string;
  readonly debt?: string;
  /** When it ended. */
  readonly atMs: number;
}

/** The contact answered, and no agent was there. */
export interface AbandonRecorded {
  readonly callId: string;
  readonly campaignId: string;
  readonly atMs: number;
}

export interface ConsentGranted {
  readonly campaignId: string;
  readonly by: string;
  readonly evidence: string;
  readonly atMs: number;
}

export interface ConsentRevoked {
  readonly campaignId: string;
  readonly by: string;
  readonly atMs: number;
}

export interface CallsForbidden {
  readonly list: string;
  readonly campaignId: string;
  /** Name of a person or a file; kind/id of the call in which the contact opted out. */
  readonly by: string;
  /** How the contact opted out; absent: somebody put it on the list. */
  readonly means?: Means;
  readonly atMs: number;
}

export interface CallsAllowed {
  readonly list: string;
  readonly campaignId: string;
  readonly by: string;
  readonly atMs: number;
}

export type ContactReply =
  | ({ readonly type: 'ContactDescribed' } & ContactDescribed)
  | ({ readonly type: 'PermitAnswered' } & PermitAnswered);

export interface PermitAnswered {
  readonly granted: boolean;
  /** Which rule refuses it; empty: none. */
  readonly ruleId: string;
  /** When it may be tried again; absent: never. */
  readonly retryAtMs?: number;
}

export interface ContactDescribed {
  readonly readings: number;
  readonly erased: boolean;
  /** Of those who are not called. */
  readonly lists: readonly string[];
  /** Campaigns that the contact agreed to; * is all. */
  readonly consents: readonly string[];
  /** As far back as any rule looks. */
  readonly recentAttempts: number;
  /** That the vault keeps. */
  readonly notes: number;
}

export const contactCommand: Codec<ContactCommand> = codec('callboard.contact.v1.ContactCommand');

export const contactEvent: Codec<ContactEvent> = codec('callboard.contact.v1.ContactEvent');

export const contactReply: Codec<ContactReply> = codec('callboard.contact.v1.ContactReply');

/** What can be said to a contact actor, and what it can say. */
export const contactProtocol: Protocol<ContactCommand, ContactEvent, ContactReply> = {
  kind: 'contact',
  command: contactCommand,
  event: contactEvent,
  reply: contactReply,
};
