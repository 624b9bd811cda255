/**
 * Writes the contract's objects straight as protobuf bytes (protobuf.dev/programming-guides/encoding). For protobufjs'
 * own writer each union and enum had to be copied into its shape first, which took twice as long, and every command
 * is written. Fields of implicit presence are left out where they have their default, as proto3 has it.
 */
import protobuf from 'protobufjs';
import { isUnion, memberOf, wordOf } from './naming.ts';

/** Appends a message's fields to the scratch buffer. */
type WriteMessage = (message: Plain) => void;
type WriteValue = (value: never) => void;
type Plain = Readonly<Record<string, unknown>>;

const varint = 0;
const fixed64 = 1;
const lengthDelimited = 2;

/** Bytes that a tag and a varint, or a tag and a double, take at most. */
const scalarBytes = 16;
const utf8PerUnit = 3;
/** Arrays up to this long live in V8's own heap, where they cost next to nothing. */
const heapBytes = 64;

const writers = new Map<protobuf.Type, WriteMessage>();
// One for all: nothing else runs while a message is written.
let scratch = Buffer.allocUnsafeSlow(16 * 1024);
let at = 0;

/**
 * How a type is written.
 * @throws TypeError from the function returned, on a member of a union or a word of an enum that there is not.
 */
export function encoderOf(type: protobuf.Type): (message: object) => Uint8Array {
  const write = writeMessage(type);
  return (message) => {
    at = 0;
    write(message as Plain);
    return taken();
  };
}

function taken(): Uint8Array {
  if (at > heapBytes) return Buffer.from(scratch.subarray(0, at));
  const bytes = new Uint8Array(at);
  for (let index = 0; index < at; index += 1) bytes[index] = scratch[index] as number;
  return bytes;
}

function writeMessage(type: protobuf.Type): WriteMessage {
  const known = writers.get(type);
  if (known) return known;
  let inner: WriteMessage = () => undefined;
  // Known before its fields are, as a message may hold itself.
  const write: WriteMessage = (message) => inner(message);
  writers.set(type, write);
  inner = isUnion(type) ? writeUnion(type) : writeFields(type);
  return write;
}

function writeUnion(type: protobuf.Type): WriteMessage {
  const members = new Map(type.fieldsArray.map((field) => [memberOf(field).name, writeValue(field)]));
  return (message) => {
    const write = members.get(message.type as string);
    if (!write) throw new TypeError(`${type.name} has no ${String(message.type)}.`);
    write(message as never);
  };
}

function writeFields(type: protobuf.Type): WriteMessage {
  const fields = type.fieldsArray.map((field) => ({
    name: field.name,
    repeated: field.repeated,
    explicit: field.partOf !== null || field.repeated,
    write: writeValue(field),
  }));
  return (message) => {
    for (const { name, repeated, explicit, write } of fields) {
      const value = message[name];
      if (value === undefined || value === null) continue;
      if (repeated) for (const each of value as readonly never[]) write(each);
      else if (explicit || !isDefault(value)) write(value as never);
    }
  };
}

function isDefault(value: unknown): boolean {
  return value === 0 || value === '' || value === false || (value instanceof Uint8Array && value.length === 0);
}

/** Writes one value of a field, with its tag. */
function writeValue(field: protobuf.Field): WriteValue {
  if (field.resolvedType instanceof protobuf.Type) return writeNested(field, writeMessage(field.resolvedType));
  if (field.resolvedType instanceof protobuf.Enum) return writeEnum(field, field.resolvedType);
  const write = scalars[field.type];
  if (!write) throw new TypeError(`${field.fullName} is of the type ${field.type}, which nobody has needed so far.`);
  const tag = tagOf(field, write.wireType);
  return (value) => {
    reserve(scalarBytes);
    putVarint(tag);
    write.put(value);
  };
}

const scalars: Readonly<Record<string, { readonly wireType: number; readonly put: WriteValue }>> = {
  string: { wireType: lengthDelimited, put: putString },
  bytes: { wireType: lengthDelimited, put: putBytes },
  bool: { wireType: varint, put: (value: boolean) => putVarint(value ? 1 : 0) },
  uint32: { wireType: varint, put: (value: number) => putVarint(value >>> 0) },
  uint64: { wireType: varint, put: (value: number) => putVarint(Math.max(0, Math.trunc(value))) },
  sint32: { wireType: varint, put: (value: number) => putVarint(((value << 1) ^ (value >> 31)) >>> 0) },
  double: {
    wireType: fixed64,
    put: (value: number) => {
      at = scratch.writeDoubleLE(value, at);
    },
  },
};

function writeNested(field: protobuf.Field, write: WriteMessage): WriteValue {
  const tag = tagOf(field, lengthDelimited);
  return (message) => {
    reserve(scalarBytes);
    putVarint(tag);
    const begin = at + 1;
    at = begin;
    write(message);
    const length = at - begin;
    if (length > 0x7f) {
      // The length takes more than the one byte that was left for it.
      const more = Math.floor(Math.log2(length) / 7);
      reserve(more);
      scratch.copyWithin(begin + more, begin, at);
    }
    at = begin - 1;
    putVarint(length);
    at += length;
  };
}

function writeEnum(field: protobuf.Field, type: protobuf.Enum): WriteValue {
  const tag = tagOf(field, varint);
  const numbers = new Map(Object.entries(type.values).map(([name, number]) => [wordOf(type, name), number]));
  const explicit = field.partOf !== null || field.repeated;
  return (word: string) => {
    const number = numbers.get(word);
    if (number === undefined) throw new TypeError(`${type.name} has no value ${word}.`);
    if (number === 0 && !explicit) return;
    reserve(scalarBytes);
    putVarint(tag);
    putVarint(number);
  };
}

/** Room for the value must be reserved. */
function putVarint(value: number): void {
  let rest = value;
  while (rest > 0x7fffffff) {
    scratch[at++] = (rest % 128) | 0x80;
    rest = Math.floor(rest / 128);
  }
  while (rest > 0x7f) {
    scratch[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  scratch[at++] = rest;
}

function putString(value: string): void {
  reserve(scalarBytes + value.length * utf8PerUnit);
  const { length } = value;
  // Nearly all are short and ASCII: cheaper by hand.
  if (length < heapBytes && putAscii(value)) return;
  const bytes = Buffer.byteLength(value);
  putVarint(bytes);
  at += scratch.write(value, at, bytes);
}

/** False, with nothing written, where the text is not all ASCII. */
function putAscii(value: string): boolean {
  const begin = at;
  scratch[at++] = value.length;
  for (let index = 0; index < value.length; index += 1) {
    const unit = value.charCodeAt(index);
    if (unit > 0x7f) {
      at = begin;
      return false;
    }
    scratch[at++] = unit;
  }
  return true;
}

function putBytes(value: Uint8Array): void {
  reserve(scalarBytes + value.length);
  putVarint(value.length);
  scratch.set(value, at);
  at += value.length;
}

function reserve(bytes: number): void {
  if (at + bytes <= scratch.length) return;
  const before = scratch;
  scratch = Buffer.allocUnsafeSlow(Math.max(2 * before.length, at + bytes));
  scratch.set(before.subarray(0, at));
}

function tagOf(field: protobuf.Field, wireType: number): number {
  return field.id * 8 + wireType;
}
