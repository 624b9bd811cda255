// Generated from proto/contact.proto by npm run proto. Do not edit.
import { type Codec, codec, type Protocol } from '#proto/codec.ts';

export type ContactCommand =
  | ({ readonly type: 'RecordReading' } & RecordReading)
  | ({ readonly type: 'RecordErasure' } & RecordErasure)
  | ({ readonly type: 'DescribeContact' } & DescribeContact);

/** The vault is about to give the number in the clear. */
export interface RecordReading {
  /** What for, a word such as dial. */
  readonly purpose: string;
  /** Who: kind/id of an actor, or the name of a person. */
  readonly by: string;
}

/** The vault is about to destroy the contact's key. */
export interface RecordErasure {
  readonly by: string;
}

/** Asks how often the number was read. Journals nothing. */
export interface DescribeContact {}

export type ContactEvent =
  | ({ readonly type: 'NumberRead' } & NumberRead)
  | ({ readonly type: 'ContactErased' } & ContactErased);

export interface NumberRead {
  readonly purpose: string;
  readonly by: string;
  readonly atMs: number;
}

/** The contact's key is destroyed: nobody can read the number again. */
export interface ContactErased {
  readonly by: string;
  readonly atMs: number;
}

export type ContactReply =
  | ({ readonly type: 'ContactDescribed' } & ContactDescribed);

export interface ContactDescribed {
  readonly readings: number;
  readonly erased: boolean;
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
