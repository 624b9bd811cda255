/**
 * Turns messages into protobuf bytes and back. A message with one `oneof body` is, in TypeScript, a union told
 * apart by `type`; an enum value is a word: OUTCOME_NO_ANSWER is 'no-answer'. A field that is not `optional` is
 * always there, with its default where the bytes leave it out.
 */
import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs';
import { decoderOf } from './decoder.ts';
import { encoderOf } from './encoder.ts';

// Times fit a double until the year 287396: plain numbers spare every reader a Long.
protobuf.util.Long = null as never;
protobuf.configure();

/** Encodes one kind of message. `decode` throws a RangeError or an Error on bytes that are none. */
export interface Codec<T> {
  /** Full name in the contract, such as callboard.call.v1.CallEvent. */
  readonly name: string;
  encode(message: T): Uint8Array;
  decode(bytes: Uint8Array): T;
}

/** What can be said to one kind of actor, and what it can say. */
export interface Protocol<C extends Tagged, E extends Tagged, R extends Tagged> {
  readonly kind: string;
  readonly command: Codec<C>;
  readonly event: Codec<E>;
  readonly reply: Codec<R>;
}

/** A member of a union of messages. */
export interface Tagged {
  readonly type: string;
}

const contract = protobuf.Root.fromJSON(
  JSON.parse(readFileSync(new URL('./contract.json', import.meta.url), 'utf8')) as protobuf.INamespace,
).resolveAll();

/** The codec of a message of the contract, by its full name. */
export function codec<T>(name: string): Codec<T> {
  const type = contract.lookupType(name);
  const encode = encoderOf(type);
  const decode = decoderOf(type);
  return {
    name,
    encode: (message) => encode(message as object),
    decode: (bytes) => decode(protobuf.Reader.create(bytes), bytes.length) as T,
  };
}
