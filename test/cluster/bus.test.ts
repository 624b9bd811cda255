/** A bus that asks for a login and for TLS, and what a node hears that it does not let in. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ServiceBroker } from 'moleculer';
import { probeBus } from '#adapters/nats/probe.ts';
import { brokerOptions, natsOptions } from '#config/broker.ts';
import { configSchema } from '#config/schema.ts';
import { portFor } from '#scripts/services/ports.ts';
import { needProgram } from '#scripts/services/programs.ts';

let folder: string;
let port: number;
let stop: () => Promise<void>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'callboard-bus-'));
  port = await portFor(folder);
  for (const authority of ['authority', 'stranger']) makeAuthority(authority);
  signCertificate('server');
  const tls = `cert_file: "${folder}/server.pem", key_file: "${folder}/server.key"`;
  const settings = `host: 127.0.0.1, port: ${port}, tls: { ${tls} }
    authorization: { users: [{ user: callboard, password: right }] }`;
  writeFileSync(join(folder, 'nats.conf'), settings);
  stop = await startServer(['-c', join(folder, 'nats.conf')]);
}, 60_000);
afterAll(async () => {
  await stop();
  rmSync(folder, { recursive: true });
});

function openssl(...args: string[]): void {
  execFileSync(needProgram('openssl', 'apt-get install openssl'), args, { cwd: folder, stdio: 'pipe' });
}

function makeAuthority(name: string): void {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', `${name}.key`];
  openssl('req', '-x509', '-days', '2', '-subj', `/CN=${name}`, ...key, '-out', `${name}.pem`);
}

/** For the address alone, as a server on an inner network has it. */
function signCertificate(name: string): void {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', `${name}.key`];
  openssl('req', '-subj', `/CN=${name}`, ...key, '-out', `${name}.csr`);
  writeFileSync(join(folder, 'san'), 'subjectAltName=IP:127.0.0.1');
  const by = ['-CA', 'authority.pem', '-CAkey', 'authority.key', '-CAcreateserial', '-days', '2', '-extfile', 'san'];
  openssl('x509', '-req', '-in', `${name}.csr`, ...by, '-out', `${name}.pem`);
}

async function startServer(args: string[]): Promise<() => Promise<void>> {
  const child = spawn(needProgram('nats-server', 'apt-get install nats-server'), args, {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exited = once(child, 'exit');
  const ready = new Promise<void>((resolve, reject) => {
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('Server is ready')) resolve();
    });
    void exited.then(() => reject(new Error(`nats-server did not start: ${said}`)));
  });
  await ready;
  return async () => {
    child.kill();
    await exited;
  };
}

const configOf = (nodeId: string, nats: object = {}) =>
  configSchema.parse({
    nodeId,
    nats: {
      url: `tls://127.0.0.1:${port}`,
      username: 'callboard',
      password: 'right',
      tls: { caFile: join(folder, 'authority.pem') },
      ...nats,
    },
    mongodb: { url: 'mongodb://127.0.0.1:1' },
    vaultSecret: 'ab'.repeat(32),
  });

const probe = (nats: object) => probeBus(natsOptions(configOf('probe', nats).nats as never) as object, 0);

test('two nodes with the login and the authority meet over it', async () => {
  const brokers = ['left', 'right'].map((nodeId) => new ServiceBroker(brokerOptions(configOf(nodeId))));
  const [left, right] = brokers as [ServiceBroker, ServiceBroker];
  right.createService({ name: 'greeter', actions: { greet: () => 'hello from the right' } });
  try {
    await Promise.all(brokers.map((broker) => broker.start()));
    await left.waitForServices('greeter', 10_000, 50);
    expect(await left.call('greeter.greet')).toBe('hello from the right');
  } finally {
    await Promise.all(brokers.map((broker) => broker.stop()));
  }
});

describe('a node is told in one sentence', () => {
  test.each([
    ['a wrong password', { password: 'wrong-secret' }, 'BUS_REFUSED', /refuses the login/],
    ['no login', { username: undefined, password: undefined }, 'BUS_REFUSED', /refuses the login/],
    ['an authority that it does not know', { tls: undefined }, 'BUS_REFUSED', /certificates \(\w+\)/],
    ['a port where nobody listens', { url: 'tls://127.0.0.1:1' }, 'BUS_UNREACHABLE', /CALLBOARD_NATS_URL/],
    ['a name that does not exist', { url: 'tls://bus.invalid:4222' }, 'BUS_UNREACHABLE', /bus\.invalid:4222/],
  ])('of %s', async (_, nats, code, sentence) => {
    const refused = await probe(nats).catch((error: Error) => error);
    expect(refused).toMatchObject({ code, message: expect.stringMatching(sentence) });
    expect((refused as Error).message).toMatch(/^[^\n]+\.$/);
    expect((refused as Error).message).not.toMatch(/wrong-secret|right/);
  });

  test('of a certificate that another authority has signed', async () => {
    const refused = probe({ tls: { caFile: join(folder, 'stranger.pem') } });
    await expect(refused).rejects.toMatchObject({ code: 'BUS_REFUSED' });
  });

  test('of nothing, when all is right', async () => {
    await expect(probe({})).resolves.toBeUndefined();
  });
});
