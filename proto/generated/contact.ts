// Generated from proto/contact.proto by npm run proto. Do not edit.
import { type Codec, codec } from '#proto/codec.ts';

export type ContactEvent =
  | ({ readonly type: 'NumberStored' } & NumberStored)
  | ({ readonly type: 'NumberRead' } & NumberRead)
  | ({ readonly type: 'ContactErased' } & ContactErased);

/** The vault took a number under this contact for the first time. */
export interface NumberStored {
  readonly atMs: number;
}

/** Somebody read the number in the clear. */
export interface NumberRead {
  /** What for, a word such as dial. */
  readonly purpose: string;
  /** Who: kind/id of an actor, or the name of a person. */
  readonly by: string;
  readonly atMs: number;
}

/** The contact's key was destroyed: nobody can read the number again. */
export interface ContactErased {
  readonly by: string;
  readonly atMs: number;
}

export const contactEvent: Codec<ContactEvent> = codec('callboard.contact.v1.ContactEvent');
