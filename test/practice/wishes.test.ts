/** What is done for agents at the console, over real phones: held, muted, attended, handed over, and a phone that goes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { loadConfig } from '#config/load.ts';
import { systemClock } from '#ports/system-clock.ts';
import { startPracticeAgents, startPracticeCarrier } from '#practice/start.ts';
import { agentProtocol } from '#proto/generated/agent.ts';
import { callProtocol } from '#proto/generated/call.ts';
import { campaignProtocol } from '#proto/generated/campaign.ts';
import { commit } from '#proto/generated/envelope.ts';
import { trunkProtocol } from '#proto/generated/trunk.ts';
import { makeDesk } from '#repl/desk.ts';
import { replOptions } from '#repl/open.ts';
import { practiceNumbers, writePracticeList } from '#scripts/demo/practice-list.ts';
import { demoSettings } from '#scripts/demo/settings.ts';
import { kinds } from '#scripts/kinds.ts';
import { type CallboardNode, startNode } from '#scripts/node/node.ts';
import { anyLaw } from '#test/any-law.ts';

const minute = 60_000;
/** One in which they pick up soon. */
const seed = 23;
/** The first on the list say hello, and nothing but their patience ends the call. */
const people = 1;
const campaignId = 'wishes';
const callId = `${campaignId}.1.1`;
/** Two floors: the phones of one can go while the other's stay. */
const floors = { upstairs: ['ann'], downstairs: ['bob', 'boss'] } as const;

/** Whoever still waits for something then waits in vain. */
let isOver = false;
let folder = '';
let node: CallboardNode;
const stops: (() => Promise<unknown>)[] = [];
let upstairsBurns: () => Promise<unknown>;
const printed: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'callboard-wishes-'));
  // Nobody hangs up for as long as the test may take: their 22 s last eight times as long.
  const carrier = await startPracticeCarrier({ seed, timeScale: 8 });
  stops.push(() => carrier.stop());
  const trunk = { uri: carrier.uri, maxChannels: 5, callsPerSecond: 5 };
  node = await startNode(loadConfig({ overrides: { dataFolder: join(folder, 'data'), trunks: { practice: trunk } } }));
  stops.push(() => node.stop());
  const settings = demoSettings('practice', 3, 'progressive', node.laws);
  const plan = { ...settings.plan, ringTimeoutMs: minute, connectDeadlineMs: minute };
  const leaseMs = 5 * minute;
  await node.runtime.ask(trunkProtocol, 'practice', { type: 'ConfigureTrunk', ...trunk, leaseMs });
  await node.runtime.ask(campaignProtocol, campaignId, {
    type: 'ConfigureCampaign',
    settings: { ...settings, plan, leaseMs, law: anyLaw },
  });
  const list = join(folder, 'people.csv');
  writePracticeList(list, people);
  await node.runtime.ask(campaignProtocol, campaignId, { type: 'LoadList', path: list });
  for (let loading = true; loading; await pause(20)) {
    const described = await node.runtime.ask(campaignProtocol, campaignId, { type: 'DescribeCampaign' });
    loading = !described.ok || described.reply?.loading !== false;
  }
  for (const agents of Object.values(floors)) {
    const phones = await startPracticeAgents({ seed });
    const stop = () => phones.stop();
    if (agents === floors.upstairs) upstairsBurns = stop;
    stops.push(stop);
    const host = phones.uri.replace(/^sip:/, '');
    for (const agentId of agents) {
      const profile = { phoneUri: `sip:${agentId}@${host}`, skills: [], languages: [], campaigns: [campaignId] };
      await node.runtime.ask(agentProtocol, agentId, { type: 'ConfigureAgent', profile });
    }
  }
}, 2 * minute);
afterAll(async () => {
  isOver = true;
  for (const stop of stops.reverse()) await stop();
  rmSync(folder, { recursive: true, force: true });
}, minute);

/** A line at the console, as Moleculer's takes it apart. */
async function type(line: string): Promise<string> {
  const { broker, runtime } = node;
  const print = (text: string) => printed.push(text);
  const names = kinds.map(({ protocol }) => protocol.kind);
  const { vault } = node;
  const desk = makeDesk({ broker, runtime, vault, clock: systemClock, operator: 'wang', kinds: names, print });
  const [name, ...args] = line.split(' ');
  const command = replOptions(desk).customCommands.find((each) => each.command.split(' ')[0] === name);
  const parsed = { args, opts: () => ({}), params: { options: {} } };
  command?.parse(parsed);
  printed.splice(0);
  await command?.action(undefined as never, parsed.params);
  return printed.join('\n');
}

async function phaseOf(agentId: string): Promise<string> {
  const described = await node.runtime.ask(agentProtocol, agentId, { type: 'DescribeAgent' });
  return (described.ok && described.reply?.phase) || '';
}

async function until(agentId: string, phase: string): Promise<void> {
  while (!isOver && (await phaseOf(agentId)) !== phase) await pause(20);
}

/** What became of the call so far. */
async function callEvents(): Promise<readonly string[]> {
  const entries = await node.journal.read(`call/${callId}`, 0);
  return entries.flatMap(({ bytes }) =>
    commit.decode(bytes).events.map((event) => callProtocol.event.decode(event).type),
  );
}

async function untilCall(event: string, times = 1): Promise<void> {
  while (!isOver && (await callEvents()).filter((each) => each === event).length < times) await pause(20);
}

test(
  'a customer is held, attended, handed over and over again, and the call was answered',
  async () => {
    // An agent is called, answers, and gets the customer.
    expect(practiceNumbers(people)[0]).toMatch(/3$/);
    expect(await type('agent signin ann')).toMatch(/^ann is (signing-in|ready)\.$/);
    await until('ann', 'ready');
    const started = await node.runtime.ask(campaignProtocol, campaignId, { type: 'StartCampaign' });
    expect(started).toMatchObject({ ok: true });
    await until('ann', 'talking');
    for (const agentId of floors.downstairs) {
      await type(`agent signin ${agentId}`);
      await until(agentId, 'ready');
    }
    // Who holds the customer, and is heard no more, goes on with them.
    expect(await type('agent hold ann')).toBe('ann is holding.');
    await untilCall('CustomerHeld');
    expect(await type('agent retrieve ann')).toBe('ann is talking.');
    await untilCall('CustomerRetrieved');
    expect(await type('agent mute ann')).toBe('ann is talking.');
    expect(await type('agent unmute ann')).toBe('ann is talking.');
    // What is to be remembered is written down, and read again by whoever says so.
    expect(await type('agent note ann calls back on friday')).toBe('ann is talking.');
    const [contactId] = await node.journal.streams({ kind: 'contact', limit: 1 });
    const id = contactId?.replace('contact/', '');
    expect(await type(`contact ${id}`)).toMatch(/^notes: 1$/m);
    expect(await type(`notes ${id}`)).toMatch(/ {2}agent\/ann in wishes\.1\.1: calls back on friday$/);
    expect(await type('agent optout ann')).toBe('ann is talking.');
    await untilCall('ContactOptedOut');
    while (!isOver && !/because of: opt-out$/m.test(await type(`contact ${id}`))) await pause(20);
    // A supervisor listens, whispers and joins, and is free again.
    for (const mode of ['listen', 'whisper', 'join']) {
      expect(await type(`monitor boss ann ${mode}`)).toBe(`boss attends ann (${mode}).`);
      expect(await phaseOf('boss')).toBe('monitoring');
    }
    expect(await type('monitor boss ann stop')).toBe('boss attends nobody.');
    expect(await type('agent ready boss')).toBe('boss is ready.');
    // Another agent is asked first, and the customer stays or goes over.
    await type('agent consult ann bob');
    await until('bob', 'talking');
    await type('agent cancel ann');
    await until('bob', 'ready');
    await type('agent consult ann bob');
    await until('bob', 'talking');
    await type('agent complete ann');
    await until('ann', 'wrapping');
    await untilCall('AgentConnected', 4);
    expect(await type('agent dispose ann sale/new')).toBe('ann is wrapping.');
    expect(await type('agent ready ann')).toBe('ann is ready.');
    // The customer is handed over without a word, and then for want of a phone.
    await type('agent transfer bob ann');
    await until('ann', 'talking');
    await until('bob', 'wrapping');
    await type('agent break bob tea');
    await upstairsBurns();
    await until('ann', 'offline');
    await until('boss', 'talking');
    // The agent hangs up, and the call was answered.
    await type('agent hangup boss');
    await until('boss', 'wrapping');
    await untilCall('CallEnded');
    const entries = await node.journal.read(`call/${callId}`, 0);
    const events = entries.flatMap(({ bytes }) =>
      commit.decode(bytes).events.map((each) => callProtocol.event.decode(each)),
    );
    expect(events.at(-1)).toMatchObject({ type: 'CallEnded', outcome: 'answered', reason: 'ended by the agent' });
    expect(events.flatMap((event) => (event.type === 'AgentConnected' ? [event.agentId] : []))).toEqual([
      ...['ann', 'bob', 'bob', 'bob', 'ann', 'boss'],
    ]);
  },
  3 * minute,
);

test('each wish is in the journal with the name of who had it', async () => {
  const events = (
    await Promise.all(['ann', 'bob', 'boss'].map((agentId) => node.journal.read(`agent/${agentId}`, 0)))
  ).flatMap((entries) =>
    entries.flatMap(({ bytes }) => commit.decode(bytes).events.map((each) => agentProtocol.event.decode(each))),
  );
  const wished = new Set(events.flatMap((event) => ('by' in event && event.by === 'wang' ? [event.type] : [])));
  expect([...wished].sort()).toEqual([
    ...['AgentBecameReady', 'BreakBegan', 'CallDisposed', 'CallEndRequested', 'CallHeld', 'CallNoted', 'CallRetrieved'],
    'CustomerOptedOut',
    ...['MicrophoneMuted', 'MonitoringBegan', 'MonitoringEnded', 'SignInRequested', 'TransferCanceled'],
    ...['TransferCompleted', 'TransferRequested'],
  ]);
});
