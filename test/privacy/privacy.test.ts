/**
 * A whole campaign on two nodes, with an agent who writes a note, real SIP and RTP, and then a search of everything that was
 * written or sent for that text and for every number and name that was dialed: in the clear, without its plus, and in base64, as packets carry bytes.
 */

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { type Middleware, ServiceBroker } from 'moleculer';
import pino from 'pino';
import { agentActor } from '#actors/agent/agent.actor.ts';
import { callActor } from '#actors/call/call.actor.ts';
import { campaignActor } from '#actors/campaign/campaign.actor.ts';
import { contactActor } from '#actors/contact/contact.actor.ts';
import { trunkActor } from '#actors/trunk/trunk.actor.ts';
import { importList } from '#adapters/csv/list-import.ts';
import { createRtpMedia } from '#adapters/rtp/rtp-media.ts';
import { createSipTelephony } from '#adapters/sip/sip-telephony.ts';
import { openSqliteJournal } from '#adapters/sqlite/journal.ts';
import { openSqliteLeads } from '#adapters/sqlite/leads.ts';
import { openSqliteVault } from '#adapters/sqlite/vault.ts';
import type { Journal } from '#ports/journal.ts';
import type { Logger } from '#ports/logger.ts';
import { systemClock } from '#ports/system-clock.ts';
import type { Vault } from '#ports/vault.ts';
import { startPracticeAgents, startPracticeCarrier } from '#practice/start.ts';
import { models } from '#projections/models.ts';
import { type ReadModels, startReadModels } from '#projections/read-models.ts';
import { agentProtocol } from '#proto/generated/agent.ts';
import { callProtocol } from '#proto/generated/call.ts';
import { campaignEvent, campaignProtocol } from '#proto/generated/campaign.ts';
import { contactProtocol } from '#proto/generated/contact.ts';
import { commit } from '#proto/generated/envelope.ts';
import { trunkProtocol } from '#proto/generated/trunk.ts';
import { makeDesk } from '#repl/desk.ts';
import { operatorCommands } from '#repl/open.ts';
import type { AnyActorDefinition } from '#runtime/actor.ts';
import { Departures } from '#runtime/operations/departures.ts';
import { Fleet } from '#runtime/operations/fleet.ts';
import { LocalOperations } from '#runtime/operations/local.ts';
import { createOperationsService } from '#runtime/operations/service.ts';
import { createRuntime, type Runtime } from '#runtime/runtime.ts';
import { kinds } from '#scripts/kinds.ts';
import { openGate } from '#scripts/node/dial-gate.ts';
import { modelsInFiles } from '#scripts/node/model-adapters.ts';
import { recordAccess } from '#scripts/node/node.ts';
import { anyLaw } from '#test/any-law.ts';

const people = Array.from({ length: 10 }, (_, digit) => ({
  number: `+1415555017${digit}`,
  name: `Zephyrine Quillfeather${digit}`,
  note: `prefers-${digit}-oclock`,
  debt: `Vandermeer-44${digit}`,
}));
const said = 'her sister Wilhelmina pays from March on';
const root = join(import.meta.dirname, '..', '..');
const modelFiles = models.map(({ name }) => `read-models/${name}.db`);
const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const each of cleanUp.splice(0).reverse()) await each();
});

test('no number, no name and no note leaves the vault', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'callboard-privacy-'));
  cleanUp.push(() => rmSync(folder, { recursive: true }));
  const list = join(folder, 'list.csv');
  writeFileSync(list, `phone,name,note,debt\n${people.map((p) => Object.values(p).join()).join('\n')}\n`);
  const packets: Buffer[] = [];
  await dialOnTwoNodes(folder, list, packets);

  const written = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile() && path !== list && !path.endsWith('.wav'))
    .map((path) => ({ where: path.slice(folder.length + 1), bytes: readFileSync(path) }));
  const searched = [...written, { where: 'bus', bytes: Buffer.concat(packets) }];
  expect(searched.map(({ where }) => where)).toEqual(
    expect.arrayContaining(['bus', 'journal.db', 'callboard.log', 'vault.db', 'leads.db', ...modelFiles]),
  );

  const found = (secret: string) => searched.filter(({ bytes }) => holds(bytes, secret)).map(({ where }) => where);
  // What may be seen is found: so the search would find what may not.
  expect(found('privacy-check.1.1')).toEqual(expect.arrayContaining(['bus', 'journal.db', 'read-models/calls.db']));
  const secrets = people.flatMap(({ number, name, note, debt }) => {
    const written = debt.toLowerCase().replace('-', '');
    return [number.slice(1), number.slice(2), number.slice(-7), name, note, debt, written];
  });
  for (const secret of [...secrets, said, 'Wilhelmina']) {
    expect({ secret, found: found(secret) }).toEqual({ secret, found: [] });
  }
}, 120_000);

/** Whether bytes hold a text, as it is or in any of base64's three alignments. */
function holds(bytes: Buffer, text: string): boolean {
  if (bytes.includes(text)) return true;
  return [0, 1, 2].some((offset) => {
    const padded = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)]);
    const whole = padded.subarray(0, padded.length - (padded.length % 3)).toString('base64');
    // The first characters of a shifted text depend on what stands before it.
    const core = whole.slice(offset === 0 ? 0 : 4);
    return core.length >= 8 && bytes.includes(core);
  });
}

async function dialOnTwoNodes(folder: string, list: string, packets: Buffer[]): Promise<void> {
  const carrier = await startPracticeCarrier({ seed: 7, timeScale: 0.1 });
  cleanUp.push(() => carrier.stop());
  const phones = await startPracticeAgents({ seed: 7, timeScale: 0.1 });
  cleanUp.push(() => phones.stop());
  const destination = pino.destination({ dest: join(folder, 'callboard.log'), sync: true });
  const logger = pino({ level: 'debug' }, destination);
  const journal = await openSqliteJournal({ path: join(folder, 'journal.db') });
  const leads = await openSqliteLeads({ path: join(folder, 'leads.db') });
  const media = createRtpMedia({
    bindAddress: '127.0.0.1',
    portRange: { from: 30_000, to: 31_000 },
    workers: 1,
    logger,
  });
  const telephony = await createSipTelephony({ bindAddress: '127.0.0.1', port: 0, log: logger });
  const vault = await openSqliteVault({
    path: join(folder, 'vault.db'),
    secret: '5a'.repeat(32),
    clock: systemClock,
    record: recordAccess(() => voice),
  });
  const lists = { load: (path: string, campaignId: string) => importList(path, campaignId, { vault, leads }) };
  const ports = {
    telephony,
    media,
    vault,
    leads,
    lists,
    clock: systemClock,
    dataFolder: folder,
    hasTrunk: () => true,
    showsNumber: () => true,
    gate: openGate(),
  };

  const floor = { telephony, media, nodeId: 'voice' };
  const node = async (nodeID: string, actors: AnyActorDefinition[]) => {
    const broker = new ServiceBroker({
      nodeID,
      transporter: 'Fake',
      requestTimeout: 10_000,
      logger: { type: 'Pino', options: { createLogger: () => logger } },
      middlewares: [listener(packets)],
    });
    const protocols = [callProtocol, campaignProtocol, trunkProtocol, contactProtocol, agentProtocol] as never;
    const runtime = createRuntime({ broker, journal, clock: systemClock, logger, actors, protocols });
    await broker.start();
    cleanUp.push(() => broker.stop());
    return { broker, runtime };
  };
  const { runtime: voice, broker: voiceBroker } = await node('voice', [
    callActor({ ...ports, agents: floor }),
    agentActor(floor),
  ]);
  const control = await node('control', [campaignActor(ports), trunkActor(ports), contactActor()]);
  await voice.start();
  await control.runtime.start();
  await voiceBroker.waitForServices(['actors']);
  for (const each of [{ broker: voiceBroker, runtime: voice }, control]) operate(each, journal, logger);

  const followed = { broker: control.broker, journal, clock: systemClock, logger };
  const readModels = startReadModels({ ...followed, adapterOf: modelsInFiles(folder) });
  await telephony.configureTrunk({ trunkId: 't', uri: carrier.uri });
  const plan = {
    prompt: join(root, 'config', 'prompts', 'hello.wav'),
    gatherDigits: 1,
    gatherTimeoutMs: 500,
    ringTimeoutMs: 2000,
    maxTalkMs: 5000,
    record: true,
    needsAgent: true,
    connectDeadlineMs: 2000,
  };
  const agents = {
    mode: 'progressive',
    powerRatio: 1,
    maxAbandonRate: 0.03,
    skills: [],
    language: '',
    sticky: true,
    previewMs: 0,
    previewDials: false,
    wrapUp: { dispositions: [], required: false, longestMs: 100, defaultDisposition: '' },
  } as const;
  const settings = { agents, trunkId: 't', plan, maxCalls: 10, callsPerSecond: 20, leaseMs: 60_000, law: anyLaw };
  const tell = control.runtime;
  await tell.ask(trunkProtocol, 't', {
    type: 'ConfigureTrunk',
    uri: carrier.uri,
    maxChannels: 10,
    callsPerSecond: 20,
    leaseMs: 60_000,
  });
  await tell.ask(campaignProtocol, 'privacy-check', { type: 'ConfigureCampaign', settings });
  const profile = {
    phoneUri: phones.uri.replace('sip:', 'sip:ann@'),
    skills: [],
    languages: [],
    campaigns: ['privacy-check'],
  };
  await tell.ask(agentProtocol, 'ann', { type: 'ConfigureAgent', profile });
  await tell.ask(agentProtocol, 'ann', { type: 'SignIn' });
  const ended = untilCampaign(journal, 'privacy-check', 'CampaignEnded');
  const loaded = untilCampaign(journal, 'privacy-check', 'ListLoaded');
  await tell.ask(campaignProtocol, 'privacy-check', { type: 'LoadList', path: list });
  await loaded;
  await tell.ask(campaignProtocol, 'privacy-check', { type: 'StartCampaign' });
  await writeAndRead({ ...control, vault });
  await ended;
  await readAll(voiceBroker, readModels);
  await operateAll({ broker: voiceBroker, runtime: voice }, control.broker);
  await operateAll(control, voiceBroker);
  await readModels.stop();
  await voice.stop({ graceMs: 2000 });
  await control.runtime.stop({ graceMs: 2000 });
  await telephony.close(500);
  await media.shutdown();
  await vault.close();
  await leads.close();
  await journal.close();
}

/** Asks the other node for all that the read models have, once they have all. */
async function readAll(broker: ServiceBroker, readModels: ReadModels): Promise<void> {
  for (const { name } of models) {
    while ((await readModels.lagMs(name)) !== 0) await new Promise((resolve) => setImmediate(resolve));
    const documents = await broker.call<unknown[]>(`${name}.find`);
    expect({ name, some: documents.length > 0 }).toEqual({ name, some: true });
  }
}

interface Node {
  readonly broker: ServiceBroker;
  readonly runtime: Runtime;
}

/** Lets operators ask a node. */
function operate({ broker, runtime }: Node, journal: Journal, logger: Logger): void {
  const facts = { node: broker.nodeID, roles: [], version: '', weight: 1 };
  const departures = new Departures(broker, systemClock);
  const parts = { runtime, journal, kinds, clock: systemClock, logger, facts, departures, drained: () => undefined };
  createOperationsService(broker, new LocalOperations(parts));
}

/** Writes about the first customer whom the agent has, at the console of a node, and reads it there. */
async function writeAndRead({ broker, runtime, vault }: Node & { readonly vault: Vault }): Promise<void> {
  const printed: string[] = [];
  const names = kinds.map(({ protocol }) => protocol.kind);
  const print = (line: string) => printed.push(line);
  const desk = makeDesk({ broker, runtime, vault, clock: systemClock, operator: 'wang', kinds: names, print });
  const command = (usage: string) => operatorCommands.find((each) => each.usage.startsWith(usage));
  while (!printed.at(-1)?.startsWith('ann is ')) {
    await new Promise((resolve) => setImmediate(resolve));
    await command('agent ')?.run(desk, { wish: 'note', agent: 'ann', more: said, options: {} });
  }
  for (const contact of await desk.fleet.streams({ kind: 'contact', prefix: '', limit: 1000 })) {
    await command('contact ')?.run(desk, { contact, options: {} });
    await command('notes ')?.run(desk, { contact, options: {} });
  }
  expect(printed.join('\n')).toContain(`agent/ann in privacy-check.`);
  expect(printed.join('\n')).toContain(said);
}

/** Asks a node from another one for all that operators can see of its actors. */
async function operateAll({ broker, runtime }: Node, from: ServiceBroker): Promise<void> {
  const fleet = new Fleet(from, runtime);
  while (!fleet.nodes().includes(broker.nodeID)) await new Promise((resolve) => setImmediate(resolve));
  const node = fleet.at(broker.nodeID);
  await node.load();
  await node.activations({ limit: 1000 });
  for (const kind of ['campaign', 'call', 'trunk', 'contact', 'agent']) {
    const ids = await node.streams({ kind, prefix: '', limit: 1000 });
    expect({ kind, some: ids.length > 0 }).toEqual({ kind, some: true });
    for (const id of ids) {
      await node.events({ kind, id, after: 0, limit: 1000 });
      // Only a node that hosts the kind knows its state.
      await node
        .inspect({ kind, id })
        .catch((error: unknown) => expect(error).toMatchObject({ code: 'ACTOR_KIND_UNKNOWN' }));
    }
  }
}

type Send = (topic: string, data: Buffer, meta: object) => Promise<void>;

function listener(packets: Buffer[]): Middleware {
  const transporterSend =
    (next: Send): Send =>
    (topic, data, meta) => {
      packets.push(Buffer.from(`${topic} `), Buffer.from(data));
      return next(topic, data, meta);
    };
  // Moleculer's types know what is sent, but not that the hook wraps the sender.
  return {
    name: 'Listener',
    transporterSend: transporterSend as unknown as NonNullable<Middleware['transporterSend']>,
  };
}

function untilCampaign(
  journal: Awaited<ReturnType<typeof openSqliteJournal>>,
  id: string,
  type: 'CampaignEnded' | 'ListLoaded',
): Promise<void> {
  return new Promise((resolve, reject) => {
    const following = journal.subscribe(
      '',
      (entries) => {
        const mine = entries.filter(({ stream }) => stream === `campaign/${id}`);
        const events = mine.flatMap(({ bytes }) =>
          commit.decode(bytes).events.map((event) => campaignEvent.decode(event)),
        );
        if (events.some((event) => event.type === type)) void following.stop().then(resolve);
      },
      reject,
    );
  });
}
