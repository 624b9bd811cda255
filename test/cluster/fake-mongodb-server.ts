/**
 * A fake: it speaks just enough of MongoDB's wire protocol (OP_QUERY for the first hello, OP_MSG for the rest) to
 * answer like a server that cannot be had here, such as one of an old version.
 */
import { createServer, type Socket } from 'node:net';
import { BSON, type Document } from 'mongodb';
import { listening } from './listening.ts';

export interface FakeMongodbServer {
  readonly port: number;
  close(): Promise<void>;
}

const headerBytes = 16;
const codes = { reply: 1, query: 2004, message: 2013 };

/** What a server of today answers to hello. */
export const helloOfToday: Document = {
  isWritablePrimary: true,
  ismaster: true,
  setName: 'rs0',
  hosts: [],
  maxBsonObjectSize: 16_777_216,
  maxMessageSizeBytes: 48_000_000,
  maxWriteBatchSize: 100_000,
  logicalSessionTimeoutMinutes: 30,
  minWireVersion: 0,
  maxWireVersion: 21,
  readOnly: false,
  ok: 1,
};

/** Answers each command by `answers`, under the name of the command; hello and isMaster by `hello`. */
export async function fakeMongodbServer(
  answers: Readonly<Record<string, Document>>,
  hello: Document = { ...helloOfToday, setName: undefined },
): Promise<FakeMongodbServer> {
  const answer = (command: Document): Document => {
    const name = Object.keys(command)[0] ?? '';
    if (/^(hello|ismaster)$/i.test(name)) return { ...hello, localTime: new Date() };
    return answers[name] ?? { ok: 0, code: 59, codeName: 'CommandNotFound', errmsg: `no such command: ${name}` };
  };
  return listening(createServer((socket) => serve(socket, answer)));
}

function serve(socket: Socket, answer: (command: Document) => Document): void {
  let read = Buffer.alloc(0);
  socket.on('error', () => {});
  socket.on('data', (bytes) => {
    read = Buffer.concat([read, bytes]);
    while (read.length >= headerBytes && read.length >= read.readInt32LE(0)) {
      const packet = read.subarray(0, read.readInt32LE(0));
      read = read.subarray(packet.length);
      socket.write(replyTo(packet, answer));
    }
  });
}

function replyTo(packet: Buffer, answer: (command: Document) => Document): Buffer {
  const requestId = packet.readInt32LE(4);
  if (packet.readInt32LE(12) === codes.query) {
    // Flags, the collection's name up to a zero, two numbers; then the command.
    const at = packet.indexOf(0, headerBytes + 4) + 1 + 8;
    const body = Buffer.alloc(20);
    body.writeInt32LE(1, 16);
    return packetOf(codes.reply, requestId, [body, BSON.serialize(answer(documentAt(packet, at)))]);
  }
  // Flags, and the kind of the section: 0 holds the command.
  const command = documentAt(packet, headerBytes + 5);
  return packetOf(codes.message, requestId, [
    Buffer.alloc(5),
    BSON.serialize(answer(command), { ignoreUndefined: true }),
  ]);
}

function documentAt(packet: Buffer, at: number): Document {
  return BSON.deserialize(packet.subarray(at, at + packet.readInt32LE(at)));
}

function packetOf(code: number, responseTo: number, parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const header = Buffer.alloc(headerBytes);
  header.writeInt32LE(headerBytes + body.length, 0);
  header.writeInt32LE(responseTo, 8);
  header.writeInt32LE(code, 12);
  return Buffer.concat([header, body]);
}
