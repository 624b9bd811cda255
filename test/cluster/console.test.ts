/** The operators' console as a process of its own, on a real bus that asks for a login; the nodes are in this process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { ServiceBroker } from 'moleculer';
import { contactActor } from '#actors/contact/contact.actor.ts';
import * as node from '#actors/node/state.ts';
import { openMongodbVault } from '#adapters/mongodb/vault.ts';
import { brokerOptions } from '#config/broker.ts';
import { configSchema } from '#config/schema.ts';
import { systemClock } from '#ports/system-clock.ts';
import { contactProtocol } from '#proto/generated/contact.ts';
import { nodeProtocol } from '#proto/generated/node.ts';
import { chronicle } from '#runtime/actor.ts';
import { replay } from '#runtime/history.ts';
import { createRuntime, type Runtime } from '#runtime/runtime.ts';
import { kinds } from '#scripts/kinds.ts';
import { recordAccess } from '#scripts/node/node.ts';
import { portFor } from '#scripts/services/ports.ts';
import { needProgram } from '#scripts/services/programs.ts';
import { type CallboardProcess, callboard, oneSentence, startCallboard } from '#test/cli/callboard-process.ts';
import { idOn } from '#test/cluster-kit.ts';
import { JournalData, MemoryJournal } from '#test/fakes/memory-journal.ts';
import { operated, recordOfNodes } from '#test/operations-kit.ts';
import { testLogger } from '#test/runtime-kit.ts';
import { mongodbUrl } from './services.ts';
import { openTestDatabase } from './test-database.ts';

const slow = 60_000;
const login = { CALLBOARD_NATS_USERNAME: 'callboard', CALLBOARD_NATS_PASSWORD: 'right' };
const journal = new MemoryJournal(new JournalData());
const running: { readonly broker: ServiceBroker; readonly runtime: Runtime }[] = [];
let folder: string;
let url: string;
let bus: ChildProcess;

async function startNode(nodeId: string): Promise<void> {
  const config = configSchema.parse({
    ...{ nodeId, cluster: 'north', mongodb: { url: 'mongodb://127.0.0.1:1' }, vaultSecret: 'ab'.repeat(32) },
    nats: { url, username: login.CALLBOARD_NATS_USERNAME, password: login.CALLBOARD_NATS_PASSWORD },
  });
  const broker = new ServiceBroker(brokerOptions(config));
  const parts = { broker, journal, clock: systemClock, logger: testLogger() };
  const actors = [contactActor(), recordOfNodes(() => broker)];
  const runtime = createRuntime({ ...parts, actors, protocols: [] });
  await broker.start();
  running.push({ broker, runtime });
  await runtime.start();
  operated({ ...parts, runtime, kinds });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'callboard-console-'));
  const port = await portFor(folder);
  url = `nats://127.0.0.1:${port}`;
  const file = join(folder, 'nats.conf');
  writeFileSync(file, `listen: "127.0.0.1:${port}", authorization: { user: callboard, password: right }`);
  bus = spawn(needProgram('nats-server', 'apt-get install nats-server'), ['-c', file], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  // Listened to until it ends: it would not survive a line that nobody takes.
  await new Promise<void>((resolve) => {
    bus.stderr?.on('data', (text) => {
      if (String(text).includes('Server is ready')) resolve();
    });
  });
  await startNode('left');
  await startNode('right');
}, slow);
afterAll(async () => {
  for (const { broker, runtime } of running) {
    await runtime.stop({ graceMs: 1000 });
    await broker.stop();
  }
  bus.kill();
  rmSync(folder, { recursive: true });
}, slow);

/** Moleculer's console keeps its history at home. */
const environment = () => ({ HOME: folder, ...login });
const there = () => ['repl', '--nats', url, '--cluster', 'north'];

describe('at the console of a cluster', () => {
  let desk: CallboardProcess;
  beforeEach(async () => {
    desk = startCallboard(there(), { env: environment() });
    await desk.until(/^help lists the commands, exit leaves\.$/m);
  }, slow);
  afterEach(async () => {
    desk.kill('SIGKILL');
    await desk.ended;
  });

  async function asked(line: string, answer: RegExp): Promise<RegExpExecArray> {
    desk.type(line);
    return desk.until(answer);
  }

  /** Asks again until the answer is what it comes to. */
  async function askedUntil(line: string, wanted: RegExp, answer: RegExp): Promise<void> {
    while (!wanted.test((await asked(line, answer))[0]));
  }

  test(
    'an operator sees the nodes, has one drained and takes it back, and it is all in the journal',
    async () => {
      const id = idOn('left', ['left', 'right'], 'contact');
      const runtime = running[1]?.runtime as Runtime;
      await runtime.ask(contactProtocol, id, { type: 'RecordReading', purpose: 'dial', by: 'call/c.1.1' });
      await asked('nodes', /│ left\s+│ control\s+│ up\s+│[\s\S]*│ right\s+│ control\s+│ up\s+│/);
      await asked(`where contact/${id}`, /is placed on left\.$/m);
      await asked(`tail contact/${id}`, /NumberRead {2}\{"purpose":"dial","by":"call\/c\.1\.1",/);
      await runtime.ask(contactProtocol, id, { type: 'RecordReading', purpose: 'export', by: 'wang' });
      await desk.until(/NumberRead {2}\{"purpose":"export","by":"wang",/);
      await asked('tail stop', /is not followed any more\./);
      await asked('drain left new disk', /left is (being )?drained/);
      await askedUntil('nodes', /drained/, /│ left\s+│ control\s+│ \w+/);
      await asked(`where contact/${id}`, /is placed on right\.$/m);
      await asked('undrain left', /left takes actors again|left has not answered yet/);
      await askedUntil('actor show node/left', /up/, /"phase": "\w+"/);
      await asked('dead-letters', /There are no dead letters\./);
      await asked('campaigns', /There is no campaign yet\./);
      const { commits } = await replay(chronicle({ protocol: nodeProtocol, ...node }), journal, 'left');
      const by = expect.stringMatching(/\S/);
      expect(commits.flatMap(({ events }) => events)).toMatchObject([
        { type: 'NodeStarted', life: running[0]?.runtime.self },
        { type: 'DrainRequested', by, reason: 'new disk' },
        { type: 'NodeDrained' },
        { type: 'UndrainRequested', by },
        { type: 'NodeUndrained' },
      ]);
      desk.type('exit');
      expect(await desk.ended).toMatchObject({ code: 0, stderr: '' });
    },
    slow,
  );

  test(
    'notes are read where the vault is known, which is journaled, and nowhere else',
    async () => {
      const { db, drop } = await openTestDatabase();
      const secret = 'ab'.repeat(32);
      const record = recordAccess(() => running[1]?.runtime as Runtime);
      const vault = await openMongodbVault({ db, secret, clock: systemClock, record });
      const [{ contactId = '' } = {}] = await vault.put([{ number: '+12025550101', name: '', attributes: {} }]);
      const note = { noteId: 'n-1', text: 'drinks oolong at four', callId: 'spring.1.1', by: 'agent/ann' };
      await vault.keepNote(contactId, note);
      await asked(`notes ${contactId}`, /This console has no vault, /);
      const where = { CALLBOARD_MONGODB_URL: mongodbUrl(), CALLBOARD_MONGODB_DATABASE: db.databaseName };
      const knowing = startCallboard(there(), {
        env: { ...environment(), ...where, CALLBOARD_VAULT_SECRET: secret },
      });
      await knowing.until(/^help lists the commands, exit leaves\.$/m);
      knowing.type(`notes ${contactId}`);
      await knowing.until(/agent\/ann in spring\.1\.1: drinks oolong at four$/m);
      knowing.type('exit');
      expect(await knowing.ended).toMatchObject({ code: 0, stderr: '' });
      await asked(`actor events contact/${contactId}`, /NotesRead {2}\{"purpose":"console","by":"\S+"/);
      await vault.close();
      await drop();
    },
    slow,
  );

  test(
    'a signal ends it, and the nodes go on',
    async () => {
      desk.kill('SIGTERM');
      expect(await desk.ended).toMatchObject({ code: 143, stderr: '' });
      expect(running.map(({ runtime }) => runtime.hosting)).toEqual(['hosting', 'hosting']);
    },
    slow,
  );
});

test(
  'lines that come all at once, before it is up, are answered in their order, and then it leaves',
  async () => {
    const desk = startCallboard(there(), { env: environment() });
    for (const line of ['nodes', 'drain right new disk', 'undrain right', 'where contact/1', 'dead-letters']) {
      desk.type(line);
    }
    desk.closeInput();
    const { code, stdout, stderr } = await desk.ended;
    expect([code, stderr]).toEqual([0, '']);
    const answers = [
      /│ left\s+│ control\s+│ up\s[\s\S]*│ right\s+│ control\s+│ up\s/,
      /right is (being )?drained/,
      /right takes actors again|right has not answered yet/,
      /is placed on (left|right)\./,
      /There are no dead letters\./,
    ];
    expect(stdout).not.toMatch(/undefined/);
    expect(stdout).toMatch(new RegExp(answers.map(({ source }) => source).join('[\\s\\S]*')));
  },
  slow,
);

describe('a console that comes to nothing says why in one sentence', () => {
  test.each([
    ['without a login', 'BUS_REFUSED', () => there(), {}],
    ['where no bus is', 'BUS_UNREACHABLE', () => ['repl', '--nats', 'nats://127.0.0.1:9'], login],
    ['for a cluster that is not there', 'CLUSTER_EMPTY', () => ['repl', '--nats', url, '--cluster', 'south'], login],
    ['with a login in the URL', 'CONFIG_INVALID', () => ['repl', '--nats', 'nats://ann:secret@127.0.0.1'], login],
    ['with a cluster on no bus', 'CONFIG_INVALID', () => ['repl', '--cluster', 'north'], {}],
  ] as const)(
    '%s: %s',
    async (_, code, args, env) => {
      const { code: status, stderr } = await callboard(args(), { env: { HOME: folder, ...env } });
      expect([status, stderr]).toEqual([1, expect.stringMatching(oneSentence(code))]);
      expect(stderr).not.toMatch(/secret|right/);
    },
    slow,
  );
});
