/**
 * patches/mongodb+7.9.0.patch. If one of these hangs, `npm install` did not run `patch-package`, or the driver was
 * updated without its patch: then a server that closes a connection at the wrong moment is never connected to again,
 * because the command that asks whether it is there waits for ever.
 */
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';

interface DriverConnection {
  command(namespace: unknown, command: object): Promise<unknown>;
  destroy(): void;
}

const require = createRequire(import.meta.url);
const { Connection } = require('mongodb/lib/cmap/connection.js') as {
  Connection: new (socket: Socket, options: object) => DriverConnection;
};
const { ns } = require('mongodb/lib/utils.js') as { ns(name: string): unknown };

let server: Server;
let socket: Socket;
let connection: DriverConnection;

/** Takes connections and never reads from them. */
beforeEach(async () => {
  server = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  await once(socket, 'connect');
  connection = new Connection(socket, { id: 1, generation: 0, hostAddress: { toString: () => 'the server' } });
});
afterEach(() => {
  socket.destroy();
  server.close();
});

const closed = { name: 'MongoNetworkError', message: expect.stringMatching(/^connection 1 to \S+ closed$/) };

test('a command on a connection that is just being closed fails', async () => {
  socket.destroy();
  await expect(connection.command(ns('admin.$cmd'), { hello: 1 })).rejects.toMatchObject(closed);
});

test('a command that the server does not read fails when its connection is closed', async () => {
  const command = connection.command(ns('admin.$cmd'), { hello: 1, bytes: Buffer.alloc(12_000_000) });
  const failed = expect(command).rejects.toMatchObject(closed);
  connection.destroy();
  await failed;
});
