/** The probe against servers that are made of two lines; the real one is in test/cluster/bus.test.ts. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { probeBus } from './probe.ts';

const open: Server[] = [];
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of open.splice(0)) server.close();
});

/** A far side that says a line when it is called, and one more when it hears something. */
async function farSide(greeting: string, answer = '', met = (_: Socket) => {}): Promise<string> {
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    met(socket);
    socket.write(greeting);
    socket.once('data', () => answer && socket.write(answer));
  });
  open.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const info = (more: object) =>
  `INFO ${JSON.stringify({ version: '2.9.10', max_payload: 1024, proto: 1, headers: true, ...more })}\r\n`;
const probe = (server: string, options = {}) => probeBus({ servers: [server], ...options }, 0);

test('a bus that answers is left again', async () => {
  await expect(probe(await farSide(info({}), 'PONG\r\n'))).resolves.toBeUndefined();
});

test('a refused login is told at once, without the login', async () => {
  const server = await farSide(info({ auth_required: true }), "-ERR 'Authorization Violation'\r\n");
  const refused = probeBus({ servers: [server], user: 'someone', pass: 'a-secret' }, 60_000);
  await expect(refused).rejects.toMatchObject({
    code: 'BUS_REFUSED',
    message: `The bus at ${server} refuses the login: mend nats.username and nats.password, or nats.token.`,
  });
});

test('a bus without TLS is refused where TLS is asked for', async () => {
  const server = await farSide(info({}), 'PONG\r\n');
  await expect(probe(server, { tls: {} })).rejects.toMatchObject({ code: 'BUS_REFUSED', message: /speaks no TLS/ });
});

test('a certificate file that is not there is named as a fault of nats.tls', async () => {
  const server = await farSide(info({ tls_required: true }));
  const refused = probe(server, { tls: { caFile: 'no/such/file.pem' } });
  await expect(refused).rejects.toMatchObject({ code: 'BUS_REFUSED', message: /mend the files of nats\.tls/ });
});

test('where nobody listens, or somebody else does, the bus is unreachable', async () => {
  const gone = await farSide('');
  await new Promise((resolve) => open[0]?.close(resolve));
  await expect(probe(gone)).rejects.toMatchObject({
    code: 'BUS_UNREACHABLE',
    message: /ECONNREFUSED.*CALLBOARD_NATS_URL/,
  });
  await expect(probe(await farSide('SSH-2.0-somebody\r\n'))).rejects.toMatchObject({ code: 'BUS_UNREACHABLE' });
});

test('a bus that comes up a little later is waited for', async () => {
  let tries = 0;
  const server = await farSide(info({}), 'PONG\r\n', (socket) => {
    tries += 1;
    if (tries === 1) socket.destroy();
  });
  await expect(probeBus({ servers: [server] }, 20_000)).resolves.toBeUndefined();
  expect(tries).toBe(2);
});
