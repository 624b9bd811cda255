/** MongoDB itself, where it is installed: a replica set of one member, as journals want majority writes. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Document, MongoClient } from 'mongodb';
import type { ServiceKind } from './kind.ts';
import { loopback } from './ports.ts';
import { needProgram } from './programs.ts';

const setName = 'callboard';
const notYetInitiated = 94;
const answerMs = 2_000;

export const mongod: ServiceKind = {
  name: 'mongod',
  urlOf: (port) => `mongodb://${loopback}:${port}/?replicaSet=${setName}`,
  async prepare({ folder, port }) {
    const program = needProgram('mongod', 'put MongoDB 7 or 8 on PATH');
    const data = join(folder, 'data');
    mkdirSync(data, { recursive: true });
    const args = ['--dbpath', data, '--bind_ip', loopback, '--port', `${port}`, '--replSet', setName];
    return { program, args, stopSignal: 'SIGTERM' };
  },
  ask: (port) => {
    return withClient(port, async (command) => {
      await ensureReplicaSet(command, port);
      const hello = await command({ hello: 1 });
      if (hello.isWritablePrimary !== true) throw new Error('the replica set has no primary yet');
    });
  },
};

/** Sends a command to the database `admin`. */
export type AdminCommand = (command: Document) => Promise<Document>;

/** Makes the set, or tells it that its only member has moved to another port. */
export async function ensureReplicaSet(command: AdminCommand, port: number): Promise<void> {
  const host = `${loopback}:${port}`;
  const known = await command({ replSetGetConfig: 1 }).catch((error: { code?: unknown }) => {
    if (error.code === notYetInitiated) return undefined;
    throw error;
  });
  if (!known) {
    await command({ replSetInitiate: { _id: setName, members: [{ _id: 0, host }] } });
    return;
  }
  const { config } = known as { config: { version: number; members: { host: string }[] } };
  const [member] = config.members;
  if (member?.host === host) return;
  const moved = { ...config, version: config.version + 1, members: [{ ...member, host }] };
  // By force: a member that does not find itself in its set is no primary, and only a primary takes it otherwise.
  await command({ replSetReconfig: moved, force: true });
}

/** Runs commands against this very server, whatever it thinks of its set. */
export async function withClient<T>(port: number, work: (command: AdminCommand) => Promise<T>): Promise<T> {
  const client = new MongoClient(`mongodb://${loopback}:${port}`, {
    directConnection: true,
    serverSelectionTimeoutMS: answerMs,
    connectTimeoutMS: answerMs,
    socketTimeoutMS: answerMs,
  });
  try {
    return await work((command) => client.db('admin').command(command));
  } finally {
    await client.close();
  }
}
