/** A floor of agents on one node: real actors on a real runtime, with a network and a media plane by hand. */
import { agentActor } from '#actors/agent/agent.actor.ts';
import { callActor } from '#actors/call/call.actor.ts';
import { campaignActor } from '#actors/campaign/campaign.actor.ts';
import { contactActor } from '#actors/contact/contact.actor.ts';
import { trunkActor } from '#actors/trunk/trunk.actor.ts';
import { leadsKind } from '#adapters/sqlite/leads-schema.ts';
import { leadsStore } from '#adapters/sqlite/leads-store.ts';
import { openDatabase } from '#adapters/sqlite/open-database.ts';
import type { Claim, LeadChoice, Leads } from '#ports/leads.ts';
import type { RtpEndpoint } from '#ports/media.ts';
import type { TelephonyListener } from '#ports/telephony.ts';
import type { Tagged } from '#proto/codec.ts';
import { agentProtocol } from '#proto/generated/agent.ts';
import { callProtocol } from '#proto/generated/call.ts';
import { type AgentWork, type CampaignSettings, campaignProtocol, type LeadPolicy } from '#proto/generated/campaign.ts';
import { contactProtocol } from '#proto/generated/contact.ts';
import { commit } from '#proto/generated/envelope.ts';
import { trunkProtocol } from '#proto/generated/trunk.ts';
import { openGate } from '#scripts/node/dial-gate.ts';
import { anyLaw } from '#test/any-law.ts';
import { FakeMedia } from '#test/fakes/fake-media.ts';
import { FakeTelephony } from '#test/fakes/fake-telephony.ts';
import { ManualClock } from '#test/fakes/manual-clock.ts';
import { JournalData } from '#test/fakes/memory-journal.ts';
import { TestJournal, testNode } from '#test/runtime-kit.ts';

export const far: RtpEndpoint = { address: '127.0.0.1', port: 4000, codecs: ['PCMU'], direction: 'sendrecv' };
const nodeId = 'node-1';

/** Phones of the house: answered at once, unless a test says otherwise. */
class Phones {
  readonly #calls = new Map<string, TelephonyListener>();

  async dial({ callId }: { readonly callId: string }, listener: TelephonyListener): Promise<void> {
    this.#calls.set(callId, listener);
    listener({ type: 'answered', sipStatus: 200, media: far });
  }
  async hangUp(callId: string): Promise<void> {
    this.#calls.get(callId)?.({ type: 'hung-up', by: 'us', reason: '' });
    this.#calls.delete(callId);
  }
  /** Somebody puts the phone down. */
  putDown(callId: string): void {
    this.#calls.get(callId)?.({ type: 'hung-up', by: 'callee', reason: 'BYE' });
    this.#calls.delete(callId);
  }
}

export type Floor = Awaited<ReturnType<typeof openFloor>>;

const plan = {
  ...{ prompt: '', gatherDigits: 0, gatherTimeoutMs: 0, ringTimeoutMs: 20_000, maxTalkMs: 600_000, record: false },
  ...{ needsAgent: true, connectDeadlineMs: 2000, safeHarbour: 'sorry.wav', optOutDigit: '9' },
  transfers: { targets: [{ name: 'billing', uri: 'sip:billing@pbx' }] },
};
export const wrapUp = { dispositions: ['sale', 'none'], required: false, longestMs: 5000, defaultDisposition: 'none' };
const work: AgentWork = {
  ...{ mode: 'progressive', powerRatio: 1, maxAbandonRate: 0.03, skills: [], language: '', sticky: false },
  ...{ previewMs: 0, previewDials: false, wrapUp },
};

/** A list of so many leads, in memory. */
function listOf(campaignId: string, count: number) {
  const store = leadsStore(openDatabase(leadsKind, { path: ':memory:' })).methods;
  const rows = Array.from({ length: count }, (_, index) => {
    const row = index + 1;
    return { row, contactId: `p-${row}`, mask: '+1 202 *** **45', timezone: '', language: '' };
  });
  store.add(campaignId, rows);
  return {
    claim: async (claim: Claim) => store.claim(claim),
    settle: async (...told: Parameters<Leads['settle']>) => store.settle(...told),
    schedule: async (...told: Parameters<Leads['schedule']>) => store.schedule(...told),
    nextDue: async (choice: LeadChoice) => store.nextDue(choice),
  };
}

/** The lists of a campaign of so many leads, for all nodes of a floor. */
export function listsOf(leads: number, campaignId = 'c') {
  return {
    leads: listOf(campaignId, leads),
    lists: { load: async () => ({ rows: leads, added: leads, known: 0, changed: 0, refused: 0, leads }) },
  };
}

/** A node of a floor: its actors, and what they have of the outside world. */
export function nodeOf(nodeId: string, clock: ManualClock, lists: ReturnType<typeof listsOf>) {
  const network = new FakeTelephony();
  const media = new FakeMedia();
  const phones = new Phones();
  const transferred: string[] = [];
  const person = { number: '+12025550101', name: '', attributes: {} };
  const actors = [
    campaignActor({ clock, ...lists }),
    callActor({
      ...{ clock, telephony: network, media, vault: { read: async () => person }, dataFolder: '/nowhere' },
      ...{ hasTrunk: () => true, showsNumber: () => true, gate: openGate() },
      agents: {
        media,
        telephony: { transfer: async (callId, target) => void transferred.push(`${callId} ${target}`) },
        nodeId,
      },
    }),
    trunkActor({ clock, telephony: network }),
    contactActor(),
    agentActor({ telephony: phones, media, nodeId }),
  ];
  return { network, media, phones, transferred, actors };
}

/** All that is spoken on a floor. */
export const protocols = [campaignProtocol, callProtocol, trunkProtocol, agentProtocol, contactProtocol];

/** A trunk with more channels than anybody needs. */
export const trunk = {
  type: 'ConfigureTrunk',
  uri: 'sip:127.0.0.1:9',
  maxChannels: 50,
  callsPerSecond: 50,
  leaseMs: 600_000,
} as const;

/** How the campaign of a floor dials. */
export function settingsOf(change: Partial<AgentWork> = {}, policy?: LeadPolicy): CampaignSettings {
  return {
    ...{ trunkId: 't', plan, maxCalls: 20, callsPerSecond: 50, leaseMs: 600_000, law: anyLaw },
    agents: { ...work, ...change },
    ...(policy ? { leads: policy } : {}),
  };
}

/** A campaign of so many leads, and its agents, who are ready. */
export async function openFloor(
  agents: readonly string[],
  leads: number,
  change: Partial<AgentWork> = {},
  policy?: LeadPolicy,
) {
  const clock = new ManualClock();
  const data = new JournalData();
  const journal = new TestJournal(data);
  const { network, media, phones, transferred, actors } = nodeOf(nodeId, clock, listsOf(leads));
  const { runtime, broker } = testNode(journal, clock, actors, undefined, { protocols });
  await broker.start();
  await runtime.start();
  await network.configureTrunk({ trunkId: 't', uri: 'sip:127.0.0.1:9' });

  /** Asks, and lets all that follows from it happen while time stands still. */
  async function ask(kind: 'agent' | 'call' | 'campaign' | 'trunk', id: string, command: Tagged) {
    const protocol = protocols.find((each) => each.kind === kind) as typeof agentProtocol;
    const asked = runtime.ask(protocol, id, command as never);
    await clock.advance(20);
    const answer = await asked;
    await clock.advance(20);
    return answer as {
      readonly ok: boolean;
      readonly reply?: Readonly<Record<string, unknown>>;
      readonly rejection?: { code: string };
    };
  }
  const events = (kind: string) =>
    data.entries.flatMap(({ stream, bytes }) => {
      const protocol = protocols.find((each) => each.kind === kind);
      if (!protocol || !stream.startsWith(`${kind}/`)) return [];
      return commit.decode(bytes).events.map((event) => protocol.event.decode(event) as Tagged);
    });
  const phaseOf = async (agentId: string) => (await ask('agent', agentId, { type: 'DescribeAgent' })).reply?.phase;

  await ask('trunk', 't', trunk);
  await ask('campaign', 'c', { type: 'ConfigureCampaign', settings: settingsOf(change, policy) } as Tagged);
  await ask('campaign', 'c', { type: 'LoadList', path: 'l.csv' } as Tagged);
  for (const agentId of agents) {
    const profile = { phoneUri: `sip:${agentId}@pbx`, skills: [], languages: [], campaigns: ['c'] };
    await ask('agent', agentId, { type: 'ConfigureAgent', profile } as Tagged);
    await ask('agent', agentId, { type: 'SignIn' });
  }
  await ask('campaign', 'c', { type: 'StartCampaign' });
  await clock.advance(1000);
  return {
    ...{ clock, network, media, phones, transferred, ask, events, phaseOf },
    answer: async (callId: string) => {
      network.happens(callId, { type: 'answered', sipStatus: 200, media: far });
      await clock.advance(50);
    },
    hangUp: async (callId: string) => {
      network.happens(callId, { type: 'hung-up', by: 'callee', reason: 'BYE' });
      await clock.advance(50);
    },
    close: async () => {
      await clock.settle();
      const stopping = runtime.stop({ graceMs: 100 });
      await clock.advance(200);
      await stopping;
      await broker.stop();
    },
  };
}
