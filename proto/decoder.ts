/**
 * Reads protobuf bytes (protobuf.dev/programming-guides/encoding) straight into the objects of the contract. Going
 * by way of protobufjs' own messages and copying them took 1.5 to 2 times as long, and every replay reads them all.
 */
import protobuf from 'protobufjs';
import { isUnion, memberOf, wordOf } from './naming.ts';

type Plain = Record<string, unknown>;

/** Reads a message up to a place in the bytes. */
export type Decoder = (reader: protobuf.Reader, end: number) => Plain;

interface FieldDecoder {
  readonly name: string;
  readonly repeated: boolean;
  /** Wire type: 0 varint, 1 64 bits, 2 length, 5 32 bits. */
  readonly wireType: number;
  /** Whether a list may also come as one length-delimited run. */
  readonly packable: boolean;
  read(reader: protobuf.Reader): unknown;
}

/** Fields by their number, and what a message is before any of them was read. */
interface Layout {
  readonly fields: readonly (FieldDecoder | undefined)[];
  readonly defaults: Plain;
  readonly lists: readonly string[];
  /** Messages that are always there, and how to make them of nothing. */
  readonly nested: readonly { readonly name: string; readonly decode: Decoder }[];
}

const lengthDelimited = 2;
/** The types that the contract uses. */
const scalars: Readonly<Record<string, Pick<FieldDecoder, 'wireType' | 'read'>>> = {
  bool: { wireType: 0, read: (reader) => reader.bool() },
  int32: { wireType: 0, read: (reader) => reader.int32() },
  uint32: { wireType: 0, read: (reader) => reader.uint32() },
  sint32: { wireType: 0, read: (reader) => reader.sint32() },
  // Plain numbers, as codec.ts takes Long away from protobufjs.
  uint64: { wireType: 0, read: (reader) => reader.uint64() },
  double: { wireType: 1, read: (reader) => reader.double() },
  string: { wireType: lengthDelimited, read: (reader) => reader.stringVerify() },
  bytes: { wireType: lengthDelimited, read: (reader) => reader.bytes() },
};
const nothing = protobuf.Reader.create(new Uint8Array(0));
const decoders = new Map<protobuf.Type, Decoder>();

/** The decoder of a message. It throws on bytes that are none. */
export function decoderOf(type: protobuf.Type): Decoder {
  const known = decoders.get(type);
  if (known) return known;
  // Made at its first use, so that messages may hold each other.
  let made: Decoder | undefined;
  const decoder: Decoder = (reader, end) => {
    made ??= isUnion(type) ? unionDecoder(type) : messageDecoder(type, {});
    return made(reader, end);
  };
  decoders.set(type, decoder);
  return decoder;
}

function unionDecoder(type: protobuf.Type): Decoder {
  const members: (Decoder | undefined)[] = [];
  for (const field of type.fieldsArray) {
    members[field.id] = messageDecoder(memberOf(field), { type: memberOf(field).name });
  }
  return (reader, end) => {
    let found: Plain | undefined;
    while (reader.pos < end) {
      const tag = reader.uint32();
      const member = members[tag >>> 3];
      if (member && (tag & 7) === lengthDelimited) found = member(reader, lengthOf(reader, end));
      else reader.skipType(tag & 7);
    }
    if (!found) throw new RangeError(`The bytes hold no ${type.name} that this version knows.`);
    return found;
  };
}

/** `start` is what every message of this kind begins with. */
function messageDecoder(type: protobuf.Type, start: Plain): Decoder {
  const { fields, defaults, lists, nested } = layoutOf(type);
  const template = { ...start, ...defaults };
  return (reader, end) => {
    const message: Plain = { ...template };
    for (const name of lists) message[name] = [];
    while (reader.pos < end) {
      const tag = reader.uint32();
      const field = fields[tag >>> 3];
      const wireType = tag & 7;
      if (!field) reader.skipType(wireType);
      else if (wireType === field.wireType) {
        const value = field.read(reader);
        if (field.repeated) (message[field.name] as unknown[]).push(value);
        else message[field.name] = value;
      } else if (wireType === lengthDelimited && field.packable) {
        const runEnd = lengthOf(reader, end);
        while (reader.pos < runEnd) (message[field.name] as unknown[]).push(field.read(reader));
      } else reader.skipType(wireType);
    }
    if (reader.pos !== end) throw new RangeError(`The bytes of a ${type.name} are cut off.`);
    for (const { name, decode } of nested) message[name] ??= decode(nothing, 0);
    return message;
  };
}

function layoutOf(type: protobuf.Type): Layout {
  const fields: (FieldDecoder | undefined)[] = [];
  const defaults: Plain = {};
  const lists: string[] = [];
  const nested: { name: string; decode: Decoder }[] = [];
  for (const field of type.fieldsArray) {
    if (field.map) throw new TypeError(`${field.fullName} is a map, which the contract does without.`);
    fields[field.id] = fieldDecoder(field);
    // An optional field is the only one of a oneof that protobuf makes up for it.
    if (field.partOf) continue;
    defaults[field.name] = undefined;
    if (field.repeated) lists.push(field.name);
    else if (field.resolvedType instanceof protobuf.Type) {
      nested.push({ name: field.name, decode: decoderOf(field.resolvedType) });
    } else defaults[field.name] = defaultOf(field);
  }
  return { fields, defaults, lists, nested };
}

function fieldDecoder(field: protobuf.Field): FieldDecoder {
  const { name, repeated } = field;
  if (field.resolvedType instanceof protobuf.Type) {
    const decode = decoderOf(field.resolvedType);
    const read = (reader: protobuf.Reader) => decode(reader, lengthOf(reader, reader.len));
    return { name, repeated, wireType: lengthDelimited, packable: false, read };
  }
  if (field.resolvedType) {
    const words = wordsOf(field.resolvedType);
    // A value that a newer version added reads as the zero value, as proto3 has it for unknown fields.
    const read = (reader: protobuf.Reader) => words.get(reader.int32()) ?? words.get(0);
    return { name, repeated, wireType: 0, packable: repeated, read };
  }
  const scalar = scalars[field.type];
  if (!scalar) throw new TypeError(`${field.fullName} is a ${field.type}, which the contract does without.`);
  return { name, repeated, packable: repeated && scalar.wireType !== lengthDelimited, ...scalar };
}

function defaultOf(field: protobuf.Field): unknown {
  if (field.resolvedType instanceof protobuf.Enum) return wordsOf(field.resolvedType).get(0);
  return field.type === 'bytes' ? new Uint8Array(0) : field.typeDefault;
}

function wordsOf(type: protobuf.Enum): ReadonlyMap<number, string> {
  return new Map(Object.entries(type.valuesById).map(([number, name]) => [Number(number), wordOf(type, name)]));
}

/** Reads a length and gives the place where it ends. */
function lengthOf(reader: protobuf.Reader, end: number): number {
  const length = reader.uint32();
  const to = reader.pos + length;
  if (to > end) throw new RangeError('The bytes are cut off.');
  return to;
}
