/**
 * Turns messages into protobuf bytes and back. A message with one `oneof body` is, in TypeScript, a union told
 * apart by `type`; an enum value is a word: OUTCOME_NO_ANSWER is 'no-answer'. A field that is not `optional` is
 * always there, with its default where the bytes leave it out.
 */
import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs';
import { decoderOf } from './decoder.ts';
import { isUnion, memberOf, wordOf } from './naming.ts';

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

type Plain = Record<string, unknown>;
type Convert = (value: never) => unknown;

const contract = protobuf.Root.fromJSON(
  JSON.parse(readFileSync(new URL('./contract.json', import.meta.url), 'utf8')) as protobuf.INamespace,
).resolveAll();

const writers = new Map<protobuf.Type, (message: Plain) => Plain>();

/** The codec of a message of the contract, by its full name. */
export function codec<T>(name: string): Codec<T> {
  const type = contract.lookupType(name);
  const write = writerOf(type);
  const decode = decoderOf(type);
  return {
    name,
    encode: (message) => type.encode(write(message as Plain) as never).finish(),
    decode: (bytes) => decode(protobuf.Reader.create(bytes), bytes.length) as T,
  };
}

function writerOf(type: protobuf.Type): (message: Plain) => Plain {
  const known = writers.get(type);
  if (known) return known;
  let inner: (message: Plain) => Plain = (message) => message;
  const writer = (message: Plain): Plain => inner(message);
  writers.set(type, writer);
  if (isUnion(type)) {
    const members = new Map(
      type.fieldsArray.map((field) => [memberOf(field).name, { name: field.name, write: writerOf(memberOf(field)) }]),
    );
    inner = (message) => {
      const found = members.get(message.type as string);
      if (!found) throw new TypeError(`${type.name} has no ${String(message.type)}.`);
      return { [found.name]: found.write(message) };
    };
  } else {
    const special = type.fieldsArray.flatMap((field) => {
      const convert = scalarWriter(field);
      return convert ? [{ name: field.name, convert: each(field, convert) }] : [];
    });
    if (special.length > 0) {
      inner = (message) => {
        const wire = { ...message };
        for (const { name, convert } of special) {
          if (wire[name] !== undefined) wire[name] = convert(wire[name] as never);
        }
        return wire;
      };
    }
  }
  return writer;
}

function scalarWriter(field: protobuf.Field): Convert | undefined {
  if (field.resolvedType instanceof protobuf.Enum) {
    const type = field.resolvedType;
    const numbers = new Map(Object.entries(type.values).map(([name, number]) => [wordOf(type, name), number]));
    return (word: string) => {
      const number = numbers.get(word);
      if (number === undefined) throw new TypeError(`${type.name} has no value ${word}.`);
      return number;
    };
  }
  return field.resolvedType ? writerOf(field.resolvedType) : undefined;
}

function each(field: protobuf.Field, convert: Convert): Convert {
  return field.repeated ? (values: never[]) => values.map((value) => convert(value)) : convert;
}
