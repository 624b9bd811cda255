/** A console in front of a cluster of two nodes: what a person types, what comes back, what Tab offers. */

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { agentActor } from '#actors/agent/agent.actor.ts';
import { callActor } from '#actors/call/call.actor.ts';
import { campaignActor } from '#actors/campaign/campaign.actor.ts';
import { contactActor } from '#actors/contact/contact.actor.ts';
import { RetryableError } from '#ports/errors.ts';
import type { TelephonyListener } from '#ports/telephony.ts';
import type { Tagged } from '#proto/codec.ts';
import { agentProtocol } from '#proto/generated/agent.ts';
import { callProtocol } from '#proto/generated/call.ts';
import { type AgentWork, campaignProtocol } from '#proto/generated/campaign.ts';
import { contactProtocol } from '#proto/generated/contact.ts';
import { commit } from '#proto/generated/envelope.ts';
import type { Chronicle } from '#runtime/actor.ts';
import { Departures } from '#runtime/operations/departures.ts';
import { eventsOf } from '#runtime/upcasting.ts';
import { kinds } from '#scripts/kinds.ts';
import { openGate } from '#scripts/node/dial-gate.ts';
import { anyLaw } from '#test/any-law.ts';
import { idOn, lossMs, TestCluster } from '#test/cluster-kit.ts';
import { type TallyState, tallyActor, tallyProtocol } from '#test/fakes/tally-actor.ts';
import { joinConsole, joinOperated, type OperatedNode } from '#test/operations-kit.ts';
import { add } from '#test/runtime-kit.ts';
import type { Desk } from './command.ts';
import { makeDesk } from './desk.ts';
import { completeLine, completerOf, operatorCommands, replOptions } from './open.ts';

let cluster: TestCluster;
let a: OperatedNode;
let b: OperatedNode;
let desk: Desk;
let printed: string[];
const names = ['node-a', 'node-b'];

const plan = { prompt: '', gatherDigits: 0, gatherTimeoutMs: 0, ringTimeoutMs: 0, maxTalkMs: 0, record: false };
const settings = { trunkId: 't', plan, maxCalls: 1, callsPerSecond: 1, leaseMs: 60_000, law: anyLaw };
const place = {
  type: 'PlaceCall',
  intent: 'dial',
  campaignId: 'spring',
  row: 1,
  contactId: 'p',
  mask: '+1 ** 01',
} as const;

function actors() {
  const { clock } = cluster;
  const busy = () => Promise.reject(new RetryableError('STORE_UNAVAILABLE', 'The list is busy.'));
  const silent = new Proxy({}, { get: () => async () => undefined }) as never;
  /** Phones that are answered at once. */
  const phones = {
    dial: async (_request: unknown, hear: TelephonyListener) =>
      hear({ type: 'answered', sipStatus: 200, media: silent }),
    hangUp: async () => undefined,
  };
  return [
    campaignActor({
      clock,
      leads: {
        claim: busy,
        settle: async () => undefined,
        schedule: async () => undefined,
        nextDue: async () => undefined,
      },
      lists: { load: async () => ({ rows: 2, added: 2, known: 0, changed: 0, refused: 0, leads: 2 }) },
    }),
    callActor({
      ...{ clock, telephony: silent, media: silent, vault: silent, dataFolder: '' },
      ...{ hasTrunk: () => false, showsNumber: () => true, gate: openGate() },
    }),
    agentActor({ telephony: phones, media: silent, nodeId: 'node-a' }),
    tallyActor({ job: async () => undefined }, { anchored: ({ jobs }: TallyState) => jobs.length > 0 }),
    contactActor(),
  ];
}

beforeEach(async () => {
  cluster = new TestCluster();
  const [, , , tally] = actors() as unknown as [Chronicle, Chronicle, Chronicle, Chronicle];
  const known = [...kinds, tally];
  const protocols = kinds.map(({ protocol }) => protocol);
  a = await joinOperated(cluster, 'node-a', actors(), { kinds: known, protocols });
  b = await joinOperated(cluster, 'node-b', actors(), { kinds: known, protocols });
  const { broker, runtime } = await joinConsole(cluster, protocols);
  printed = [];
  desk = makeDesk({
    ...{ broker, runtime, clock: cluster.clock, operator: 'ann', kinds: known.map(({ protocol }) => protocol.kind) },
    print: (line) => printed.push(line),
  });
});
afterEach(async () => {
  desk.tailing.stop();
  await cluster.stop();
});

/** Types a line, as Moleculer's console takes it apart; gives what is printed. */
async function type(line: string, ms = 50): Promise<string> {
  const [name, ...words] = line.split(' ');
  const command = replOptions(desk).customCommands.find((each) => each.command.split(' ')[0] === name);
  const options = Object.fromEntries(
    words.flatMap((word, at) => (word.startsWith('--') ? [[word.slice(2), words[at + 1]]] : [])),
  );
  const args = words.filter((word, at) => !word.startsWith('--') && !words[at - 1]?.startsWith('--'));
  const parsed = { args, opts: () => options, params: { options } };
  command?.parse(parsed);
  printed.splice(0);
  await cluster.meanwhile(command?.action(undefined as never, parsed.params) ?? Promise.resolve(), ms);
  return printed.join('\n');
}

/** Two campaigns that can be steered, and a call that waits for its route. */
async function begin(): Promise<void> {
  const ask = <T>(asked: Promise<T>) => cluster.meanwhile(asked, 50);
  for (const id of ['spring', 'summer']) {
    await ask(desk.runtime.ask(campaignProtocol, id, { type: 'ConfigureCampaign', settings }));
    await ask(desk.runtime.ask(campaignProtocol, id, { type: 'LoadList', path: 'list.csv' }));
  }
  await ask(desk.runtime.ask(campaignProtocol, 'spring', { type: 'StartCampaign' }));
  for (const id of ['eve', 'bob']) {
    const profile = { phoneUri: `sip:${id}@pbx`, skills: [{ name: 'loans', level: 2 }], languages: [], campaigns: [] };
    await ask(desk.runtime.ask(agentProtocol, id, { type: 'ConfigureAgent', profile }));
  }
  await ask(desk.runtime.ask(callProtocol, 'spring.1.1', { ...place, trunkId: 't', plan }));
}

/** Every event in the journal, with the one who wrote it. */
function journaled(): readonly (Tagged & { readonly by?: string; readonly stream: string; readonly sender: string })[] {
  return cluster.data.entries.flatMap(({ stream, bytes }) => {
    const decoded = commit.decode(bytes);
    const chronicle = kinds.find(({ protocol }) => protocol.kind === stream.split('/')[0]);
    const events = chronicle ? eventsOf(chronicle, decoded) : [];
    return events.map((event) => ({ ...event, stream, sender: decoded.sender }));
  });
}

describe('the console of a cluster', () => {
  test('lists nodes, what they carry, and those that are lost', async () => {
    await begin();
    const row = /│ node-a\s+│ control\s+│ up\s+│ \d+ s\s+│ 1\s+│ 0\.1\.0\s+│ (?:\w+ \d+)?/;
    const list = await type('nodes');
    expect(list).toMatch(row);
    expect(list).toMatch(/│ node-b\s+│ control\s+│ up /);
    expect(list).toMatch(/│ (campaign \d| +│ *│ .*campaign \d)/);
    cluster.kill(b);
    await cluster.clock.advance(lossMs);
    const lost = /│ node-b\s+│ control\s+│ not on the bus for (\d+) s\s+│/;
    const before = Number(lost.exec(await type('nodes'))?.[1]);
    await cluster.clock.advance(10_000);
    expect([10, 11]).toContain(Number(lost.exec(await type('nodes'))?.[1]) - before);
    expect(printed.join('\n').match(/node-b/g)).toHaveLength(1);
    expect(await type('drain node-b')).toBe(
      'node-b is not on the bus: it is told when it comes back, unless it has started anew.',
    );
  });

  test('lists a node that is lost while it is asked once, as lost', async () => {
    cluster.kill(b);
    const listed = await type('nodes', lossMs);
    expect(listed).toMatch(/│ node-b\s+│ control\s+│ not on the bus for \d+ s/);
    expect(listed.match(/node-b/g)).toHaveLength(1);
  });

  test('says since when a node is gone that nobody has missed: it went before they came', async () => {
    cluster.kill(a);
    cluster.kill(b);
    await cluster.clock.advance(lossMs);
    const { broker } = await joinOperated(cluster, 'node-c', actors());
    await cluster.clock.advance(7000);
    expect(await type('nodes', 200)).toMatch(/│ node-a │ control │ not on the bus for \d+ s +│/);
    // A console that came no earlier.
    desk = { ...desk, departures: new Departures(broker, cluster.clock) };
    expect(await type('nodes', 200)).toMatch(/│ node-a │ control │ not on the bus for more than [78] s │/);
  });

  test('lists a node that carries too much to answer, or does not know how far it is behind, as the living one it is', async () => {
    await begin();
    const hangs = () => new Promise<never>(() => undefined);
    a.operations.load = hangs;
    const listed = await type('nodes', 4000);
    expect(listed).toMatch(/│ node-a │ control │ on the bus, no answer yet │/);
    expect(listed.match(/node-a/g)).toHaveLength(1);
  });

  test('lists campaigns and agents that do not answer, rather than say that there are none', async () => {
    await a.runtime.ask(campaignProtocol, 'spring', { type: 'ConfigureCampaign', settings });
    const profile = { phoneUri: 'sip:ann@pbx', skills: [], languages: [], campaigns: [] };
    await a.runtime.ask(agentProtocol, 'ann', { type: 'ConfigureAgent', profile });
    const rejection = { code: 'ASK_TIMEOUT', message: '' };
    const deaf = { ...desk, runtime: { ask: async () => ({ ok: false, rejection }) } } as unknown as Desk;
    for (const name of ['campaigns', 'agents']) {
      const command = operatorCommands.find(({ usage }) => usage === name);
      await cluster.meanwhile(command?.run(deaf, { options: {} }) as Promise<void>);
    }
    expect(printed.join('\n')).toMatch(/│ spring\s+│ no answer yet │[\s\S]*│ ann\s+│ no answer yet │/);
  });

  test('forgets a node that died, until it starts again, and none that lives', async () => {
    expect(await type('forget node-b', 500)).toBe(
      'node-b is not forgotten: Node node-b is on the bus: only one that is not can be forgotten.',
    );
    expect(await type('forget node-x')).toMatch(/^NODE_UNKNOWN: /);
    cluster.kill(b);
    await cluster.clock.advance(lossMs);
    expect(await cluster.meanwhile(completeLine(desk, 'forget '), 50)).toEqual([['node-b'], '']);
    expect(await type('forget node-b', 500)).toBe('node-b is forgotten.');
    expect(await type('nodes')).not.toMatch(/node-b/);
    const again = await joinOperated(cluster, 'node-b', actors());
    expect(await type('nodes')).toMatch(/│ node-b\s+│ control\s+│ up /);
    cluster.kill(again);
    await cluster.clock.advance(lossMs);
    expect(await type('nodes')).toMatch(/│ node-b\s+│ control\s+│ not on the bus /);
  });

  test('says where an actor is', async () => {
    const id = idOn('node-a', names);
    expect(await type(`where tally/${id}`)).toBe(`The journal has nothing of tally/${id}.`);
    await cluster.meanwhile(desk.runtime.ask(tallyProtocol, id, { type: 'Work', job: 'job', key: 'k' }), 50);
    expect(await type(`where tally/${id}`)).toBe(
      `tally/${id} is placed on node-a.\nIt is in memory on node-a at version 1, anchored.`,
    );
    await type('drain node-a', 4000);
    expect(printed).toEqual(['node-a is being drained: nodes shows what it still has.']);
    expect(await type('nodes')).toMatch(/│ node-a\s+│ control\s+│ draining\s+│/);
    expect(await type(`where tally/${id}`)).toBe(
      `tally/${id} is placed on node-b.\nIt is in memory on node-a at version 1, anchored and stays there until it has ended.`,
    );
    expect(await type('actors --kind tally --node node-a')).toMatch(/│ tally\/id-\d+ │ node-a │ 1 .*│ anchored │/);
    expect(await type('actors --kind tally --node node-b')).toBe('No actor is in memory.');
  });

  test('follows an actor as others write to it, until it is told to stop', async () => {
    const tell = (id: string, amount: number) =>
      cluster.meanwhile(desk.runtime.ask(tallyProtocol, id, add(amount)), 400);
    for (let amount = 1; amount <= 7; amount += 1) await tell('x', amount);
    await type('tail tally/x');
    expect(printed).toHaveLength(5);
    expect(printed[0]).toMatch(/^3 {2}2025-\S+ {2}Added {2}\{"amount":3,/);
    await tell('x', 8);
    expect(printed.at(-1)).toMatch(/^8 .*"amount":8,/);
    // The node that was asked is gone; another one goes on answering.
    await cluster.leave(a);
    await tell('x', 9);
    expect(printed.at(-1)).toMatch(/^9 .*"amount":9,/);
    expect(await type('tail stop')).toBe('tally/x is not followed any more.');
    await tell('x', 10);
    expect(printed.at(-1)).toBe('tally/x is not followed any more.');
    expect(await type('tail stop')).toBe('Nothing is followed.');
    expect(await type('tail tally/y')).toBe('The journal has nothing of tally/y yet: what comes is printed.');
    await tell('y', 1);
    expect(printed.at(-1)).toMatch(/^1 .*"amount":1,/);
  });

  test('shows state and events of actors on any node', async () => {
    await begin();
    expect(await type('actor show campaign/spring')).toMatch(
      /^campaign\/spring at version \d+, 0 waiting\n\{\n {2}"phase": "running",/,
    );
    expect(await type('actor events call/spring.1.1')).toMatch(
      /^1 {2}\S+ {2}CallRequested {2}\{"campaignId":"spring",/,
    );
    expect(await type('calls')).toMatch(/│ spring\.1\.1 │ node-[ab] │ \+1 \*\* 01 │ routing │/);
    expect(await type('agents')).toMatch(/│ bob {3}│ offline │ .*│ loans 2 │/);
    expect(await type('campaigns')).toMatch(/│ spring\s+│ running .*\n(?:.*\n)?│ summer\s+│ ready /);
  });

  test('answers what is not there with a sentence', async () => {
    expect(await type('drain node-x')).toBe('NODE_UNKNOWN: No node node-x was ever there: nodes lists those that are.');
    expect(await type('undrain node/x')).toMatch(/^ACTOR_ID_INVALID: /);
    expect(await type('actors --node node-x')).toBe('There is no node node-x on the bus: nodes lists them.');
    expect(await type('actors --kind season')).toMatch(
      /^There are no actors of the kind season: the kinds are campaign, /,
    );
    for (const line of ['where season/1', 'tail spring', 'actor show call/../x']) {
      expect(await type(line)).toMatch(/names no actor: write kind\/id, the kinds are campaign, /);
    }
    expect(await type('actor show call/x')).toBe('The journal has nothing of call/x.');
    expect(await type('agents')).toBe('There is no agent yet.');
    expect(await type('agent ready zoe')).toBe('There is no agent zoe: agents lists them.');
    expect(await type('agent sing zoe')).toEqual(
      expect.stringMatching(/^sing is nothing that an agent does: write one of signin, ready, break, signout, hold, /),
    );
    expect(await type('notes p-1')).toMatch(/^This console has no vault, /);
    expect(await type('monitor zoe ann shout')).toBe(
      'shout is no way to attend a call: write one of listen, whisper, join, or stop.',
    );
    await cluster.leave(a);
    await cluster.leave(b);
    expect(await type('nodes')).toBe('No node is on the bus.');
    expect(await type('campaigns')).toBe('No node of the cluster is on the bus now: start one.');
    expect(await type('where call/x')).toBe('No node of the cluster is on the bus now: start one.');
  });
});

test('pacing says why a campaign with agents dials so many', async () => {
  await begin();
  expect(await type('pacing winter')).toBe('There is no campaign winter: campaigns lists them.');
  expect(await type('pacing spring')).toMatch(/^spring has no agents: a prompt takes every answer/);
  const agents: AgentWork = {
    ...{ mode: 'power', powerRatio: 2, maxAbandonRate: 0.03, skills: [], language: '', sticky: false },
    ...{ previewMs: 0, previewDials: false },
    wrapUp: { dispositions: [], required: false, longestMs: 0, defaultDisposition: '' },
  };
  const plan = { ...settings.plan, needsAgent: true, connectDeadlineMs: 2000 };
  const withAgents = { type: 'ConfigureCampaign', settings: { ...settings, plan, agents } } as const;
  await cluster.meanwhile(desk.runtime.ask(campaignProtocol, 'summer', withAgents), 50);
  const shown = await type('pacing summer');
  expect(shown).toMatch(/agents ready +│ 0 +│ policy +│ power/);
  expect(shown).toMatch(/│ limit +│ 0\.03/);
});

test('a wish that lacks a word is not told to the agent', async () => {
  await begin();
  const before = journaled().length;
  expect(await type('agent refer eve')).toBe(
    'refer wants a target of the campaign: write it after the agent, agent refer eve …',
  );
  expect(await type('agent click eve winter')).toBe('There is no campaign winter: campaigns lists them.');
  expect(await type('agent transfer eve nobody')).toBe('There is no agent nobody: agents lists them.');
  expect(journaled()).toHaveLength(before);
});

describe('every command that changes something', () => {
  const readOnly = [
    'campaigns',
    'pacing',
    'calls',
    'agents',
    'contact',
    'notes',
    'actors',
    'actor',
    'where',
    'tail',
    'nodes',
  ];
  const says: Readonly<Record<string, readonly (readonly [string, RegExp, string])[]>> = {
    pause: [['pause spring lunch', /^spring is paused\.$/, 'CampaignPaused']],
    resume: [['resume spring', /^spring goes on\.$/, 'CampaignResumed']],
    stop: [['stop spring', /^spring is stopped\.$/, 'CampaignStopped']],
    hangup: [['hangup spring.1.1', /^spring\.1\.1 is being ended\.$/, 'HangupRequested']],
    agent: [
      ['agent signin bob', /^bob is (signing-in|ready)\.$/, 'SignInRequested'],
      ['agent signin eve', /^eve is (signing-in|ready)\.$/, 'SignInRequested'],
      ['agent break eve lunch', /^eve is break\.$/, 'BreakBegan'],
      ['agent ready eve', /^eve is ready\.$/, 'AgentBecameReady'],
    ],
    monitor: [
      ['monitor eve bob whisper', /^eve attends bob \(whisper\)\.$/, 'MonitoringBegan'],
      ['monitor eve bob stop', /^eve attends nobody\.$/, 'MonitoringEnded'],
      ['agent signout bob', /^bob is offline\.$/, 'SignedOut'],
      ['agent signout eve', /^eve is offline\.$/, 'SignedOut'],
    ],
    forbid: [['forbid p-1', /^It is on the list global\.$/, 'CallsForbidden']],
    allow: [['allow p-1', /^It is not on the list global\.$/, 'CallsAllowed']],
    drain: [['drain node-a new disk', /^node-a is drained\.$/, 'DrainRequested']],
    forget: [['forget node-a', /^node-a is not forgotten: /, 'ForgetRequested']],
    undrain: [['undrain node-a', /^node-a takes actors again\.$/, 'UndrainRequested']],
    'dead-letters': [
      ['dead-letters resend c-1', /^c-1 is sent again\.$/, 'LetterResent'],
      ['dead-letters drop c-1', /^c-1 is dropped\.$/, 'LetterDropped'],
    ],
  };

  test('is an event with the name of the operator', async () => {
    expect([...readOnly, ...Object.keys(says)].sort()).toEqual(
      operatorCommands.map(({ usage }) => usage.split(' ')[0]).sort(),
    );
    await begin();
    const read = { type: 'RecordReading', purpose: 'dial', by: 'call/spring.1.1' } as const;
    await cluster.meanwhile(desk.runtime.ask(contactProtocol, 'p-1', read), 50);
    const crash = { type: 'Crash', where: 'decide' } as const;
    await cluster.meanwhile(desk.runtime.ask(tallyProtocol, 'x', crash, { commandId: 'c-1' }), 5000);
    expect(await type('dead-letters')).toMatch(/│ c-1\s+│ tally\/x │ .* │ ACTOR_CRASHED │ 3 /);
    for (const [line, answer, event] of Object.values(says).flat()) {
      const before = cluster.data.entries.length;
      expect(await type(line, 5000)).toMatch(answer);
      const made = journaled().filter(({ type, by }) => type === event && by === 'ann');
      expect([line, made.at(-1)?.sender]).toEqual([line, 'operator:ann']);
      expect(cluster.data.entries.length).toBeGreaterThan(before);
    }
    expect(journaled().find(({ type }) => type === 'DrainRequested')).toMatchObject({ reason: 'new disk' });
    expect(await type('dead-letters')).toBe('There are no dead letters.');
  });
});

describe('Tab', () => {
  test('completes names of campaigns, calls, actors and nodes', async () => {
    await begin();
    const complete = (line: string) => cluster.meanwhile(completeLine(desk, line), 50);
    const all: readonly (readonly [string, readonly string[], string])[] = [
      ['pause ', ['spring', 'summer'], ''],
      ['pause sp', ['spring'], 'sp'],
      ['hangup ', ['spring.1.1'], ''],
      ['actor s', ['show'], 's'],
      ['agent s', ['signin', 'signout', 'skip'], 's'],
      ['agent consult eve b', ['bob'], 'b'],
      ['agent hold eve ', [], ''],
      ['agent break ', ['bob', 'eve'], ''],
      ['monitor eve bob w', ['whisper'], 'w'],
      // Kinds first, however many actors there are of them.
      ['actor show c', ['campaign/', 'call/', 'contact/'], 'c'],
      ['actor show campaign/', ['campaign/spring', 'campaign/summer'], 'campaign/'],
      ['where campaign/sum', ['campaign/summer'], 'campaign/sum'],
      ['tail campaign/summer', ['campaign/summer'], 'campaign/summer'],
      ['tail s', ['stop'], 's'],
      ['actors --', ['--kind', '--node', '--help'], '--'],
      ['actors --kind ca', ['campaign', 'call'], 'ca'],
      ['actors --kind call --node ', ['node-a', 'node-b'], ''],
      ['actors  --kind call ', [], ''],
      ['drain ', ['node-a', 'node-b'], ''],
      ['undrain node-a ', [], ''],
      ['forget ', [], ''],
      ['dead-letters r', ['resend'], 'r'],
      ['campaigns ', [], ''],
      ['nodes ', [], ''],
    ];
    for (const [line, candidates, last] of all)
      expect([line, await complete(line)]).toEqual([line, [candidates, last]]);
  });

  test('leaves what is not ours to Moleculer, and names of commands after help', async () => {
    expect(await completeLine(desk, 'services ')).toBeUndefined();
    const asked: string[] = [];
    const complete = completerOf(desk, (line, done) => {
      asked.push(line);
      done(null, [[], line]);
    });
    for (const line of ['help pa', 'services ', 'nodes ']) {
      await new Promise<void>((resolve) => complete(line, () => resolve()));
    }
    expect(asked).toEqual(['pa', 'services ']);
  });
});
