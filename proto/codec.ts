/**
 * Turns messages into protobuf bytes and back. A message with one `oneof body` is, in TypeScript, a union told
 * apart by `type`; an enum value is a word: OUTCOME_NO_ANSWER is 'no-answer'. A field that is not `optional` is
 * always there, with its default where the bytes leave it out.
 */
import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs';
import { isUnion, wordOf } from './naming.ts';

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
const readers = new Map<protobuf.Type, (message: Plain) => Plain>();

/** The codec of a message of the contract, by its full name. */
export function codec<T>(name: string): Codec<T> {
  const type = contract.lookupType(name);
  const write = writerOf(type);
  const read = readerOf(type);
  return {
    name,
    encode: (message) => type.encode(write(message as Plain) as never).finish(),
    decode: (bytes) => read(type.decode(bytes) as unknown as Plain) as T,
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
      type.fieldsArray.map((field) => [member(field).name, { name: field.name, write: writerOf(member(field)) }]),
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

function readerOf(type: protobuf.Type): (message: Plain) => Plain {
  const known = readers.get(type);
  if (known) return known;
  let inner: (message: Plain) => Plain = (message) => message;
  const reader = (message: Plain): Plain => inner(message);
  readers.set(type, reader);
  if (isUnion(type)) {
    const members = type.fieldsArray.map((field) => ({
      name: field.name,
      tag: member(field).name,
      fill: filler(member(field)),
    }));
    inner = (message) => {
      for (const { name, tag, fill } of members) {
        if (Object.hasOwn(message, name) && message[name] != null) return fill(message[name] as Plain, { type: tag });
      }
      throw new RangeError(`The bytes hold no ${type.name} that this version knows.`);
    };
  } else {
    const fill = filler(type);
    inner = (message) => fill(message, {});
  }
  return reader;
}

/** Copies the fields of a decoded message into a plain object, with words for enum numbers. */
function filler(type: protobuf.Type): (message: Plain, into: Plain) => Plain {
  const fields = type.fieldsArray.map((field) => {
    const convert = scalarReader(field);
    return {
      name: field.name,
      optional: field.partOf !== null,
      absent: field.resolvedType instanceof protobuf.Type && !field.repeated ? field.resolvedType.create() : undefined,
      bytes: field.type === 'bytes' && !field.repeated,
      convert: convert && each(field, convert),
    };
  });
  return (message, into) => {
    for (const { name, optional, absent, bytes, convert } of fields) {
      let value = message[name];
      if (optional && (!Object.hasOwn(message, name) || value == null)) continue;
      value ??= absent;
      // protobufjs gives an array for bytes that are not there.
      if (bytes && Array.isArray(value)) value = new Uint8Array(0);
      into[name] = convert ? convert(value as never) : value;
    }
    return into;
  };
}

function scalarReader(field: protobuf.Field): Convert | undefined {
  if (field.resolvedType instanceof protobuf.Enum) {
    const type = field.resolvedType;
    const words = new Map(
      Object.entries(type.valuesById).map(([number, name]) => [Number(number), wordOf(type, name)]),
    );
    // A value that a newer version added reads as the zero value, as proto3 has it for unknown fields.
    return (number: number) => words.get(number) ?? words.get(0);
  }
  return field.resolvedType ? readerOf(field.resolvedType) : undefined;
}

function each(field: protobuf.Field, convert: Convert): Convert {
  return field.repeated ? (values: never[]) => values.map((value) => convert(value)) : convert;
}

function member(field: protobuf.Field): protobuf.Type {
  if (!(field.resolvedType instanceof protobuf.Type)) throw new TypeError(`${field.fullName} must be a message.`);
  return field.resolvedType;
}
