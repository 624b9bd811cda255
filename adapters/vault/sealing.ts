/**
 * The vault's cryptography. One secret gives two keys (HKDF-SHA-256, RFC 5869): one to find numbers by their
 * HMAC-SHA-256 (RFC 2104), one to wrap the key of each contact's own. What is sealed is AES-256-GCM (NIST SP 800-38D)
 * under a random 96-bit nonce, bound to its contact and its use by the additional data.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomFillSync,
  timingSafeEqual,
} from 'node:crypto';
import type { Note, Person } from '#ports/vault.ts';

const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
/** 64 bits: of a few thousand texts two are alike by chance once in 10^12 times. */
const markDigits = 16;

/** What is kept of a contact besides its id and the hash of its number. */
export interface SealedPerson {
  /** The contact's own key under the master key. */
  readonly wrappedKey: Uint8Array;
  /** The person under the contact's own key. */
  readonly sealed: Uint8Array;
}

/** What is kept of a note besides its contact. */
export interface SealedNote {
  readonly noteId: string;
  readonly sealed: Uint8Array;
}

export interface Sealing {
  /** Tells whether a vault was made with the same secret. */
  readonly keyCheck: Uint8Array;
  /** The keyed hash that a number is found by. */
  hashOf(number: string): Uint8Array;
  /** A short keyed hash of any text, in hex, which is never that of a number. */
  markOf(text: string): string;
  /** Seals a person: under the contact's key where it has one, which its notes are sealed under too, else under a new one. */
  seal(contactId: string, person: Person, wrappedKey?: Uint8Array): SealedPerson;
  /** Throws where the bytes were changed, or belong to another contact. */
  open(contactId: string, kept: SealedPerson): Person;
  /** What is said in a note, under the contact's key. */
  sealNote(contactId: string, wrappedKey: Uint8Array, note: Note): Uint8Array;
  /** Throws where the bytes were changed, or belong to another contact or note. */
  openNote(contactId: string, wrappedKey: Uint8Array, kept: SealedNote): Note;
}

/** Whether the key check of a vault is that of these keys. */
export function sameKey(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

/** The sealing that a secret of 64 hex digits gives. */
export function sealingFrom(secret: string): Sealing {
  const hashKey = derive(secret, 'callboard vault hash');
  const wrapKey = derive(secret, 'callboard vault wrap');
  const hmac = (text: string) => createHmac('sha256', hashKey).update(text).digest();
  const unwrap = (contactId: string, wrappedKey: Uint8Array) => decrypt(wrapKey, wrappedKey, `key/${contactId}`);
  const keyOf = (contactId: string, wrappedKey: Uint8Array) => createSecretKey(unwrap(contactId, wrappedKey));
  return {
    keyCheck: hmac('callboard vault key check'),
    hashOf: hmac,
    markOf: (text) => hmac(`text/${text}`).toString('hex').slice(0, markDigits),
    seal(contactId, person, known) {
      const key = known ? unwrap(contactId, known) : random(keyBytes);
      return {
        wrappedKey: known ?? encrypt(wrapKey, key, `key/${contactId}`),
        sealed: encrypt(createSecretKey(key), Buffer.from(JSON.stringify(person)), `person/${contactId}`),
      };
    },
    open(contactId, { wrappedKey, sealed }) {
      return JSON.parse(decrypt(keyOf(contactId, wrappedKey), sealed, `person/${contactId}`).toString()) as Person;
    },
    sealNote(contactId, wrappedKey, { noteId, ...note }) {
      return encrypt(keyOf(contactId, wrappedKey), Buffer.from(JSON.stringify(note)), `note/${contactId}/${noteId}`);
    },
    openNote(contactId, wrappedKey, { noteId, sealed }) {
      const bytes = decrypt(keyOf(contactId, wrappedKey), sealed, `note/${contactId}/${noteId}`);
      return { noteId, ...(JSON.parse(bytes.toString()) as Omit<Note, 'noteId'>) };
    },
  };
}

/** Bytes of a contact's id: the second, and chance. */
const idBytes = { second: 4, random: 8 };

/**
 * An id that says nothing of the number, and is short enough for a stream's name. It begins with the second it was made
 * in, so that the indexes of those who keep contacts grow at one end: a million in random order touched every page of
 * them again and again. Of those made within one second two are alike once in 2^64 pairs.
 */
export function newContactId(nowMs: number): string {
  const second = Buffer.alloc(idBytes.second);
  second.writeUInt32BE(Math.floor(nowMs / 1000) % 2 ** 32);
  return second.toString('hex') + random(idBytes.random).toString('hex');
}

/** As a KeyObject, which ciphers take five times as fast as its bytes. */
function derive(secret: string, use: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', Buffer.from(secret, 'hex'), '', use, keyBytes)));
}

function encrypt(key: KeyObject, plain: Uint8Array, about: string): Buffer {
  const nonce = random(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(about));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(key: KeyObject, bytes: Uint8Array, about: string): Buffer {
  const end = bytes.length - tagBytes;
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(about)).setAuthTag(bytes.subarray(end));
  return Buffer.concat([decipher.update(bytes.subarray(nonceBytes, end)), decipher.final()]);
}

/** One call for many random bytes: asking for them 12 at a time cost more than the encryption. */
const pool = Buffer.alloc(8192);
let left = 0;

function random(bytes: number): Buffer {
  if (left < bytes) {
    randomFillSync(pool);
    left = pool.length;
  }
  left -= bytes;
  const taken = Buffer.from(pool.subarray(left, left + bytes));
  pool.fill(0, left, left + bytes);
  return taken;
}
