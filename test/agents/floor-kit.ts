/** A floor of agents on one node: real actors on a real runtime, with a network and a media plane by hand. */
import { agentActor } from '#actors/agent/agent.actor.ts';
import { callActor } from '#actors/call/call.actor.ts';
import { campaignActor } from '#actors/campaign/campaign.actor.ts';
import { contactActor } from '#actors/contact/contact.actor.ts';
import { trunkActor } from '#actors/trunk/trunk.actor.ts';
import type { RtpEndpoint } from '#ports/media.ts';
import type { TelephonyListener } from '#ports/telephony.ts';
import type { Tagged } from '#proto/codec.ts';
import { agentProtocol } from '#proto/generated/agent.ts';
import { callProtocol } from '#proto/generated/call.ts';
import { type AgentWork, type CampaignSettings, campaignProtocol } from '#proto/generated/campaign.ts';
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

const far: RtpEndpoint = { address: '127.0.0.1', port: 4000, codecs: ['PCMU'], direction: 'sendrecv' };
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

/** A campaign of so many leads, and its agents, who are ready. */
export async function openFloor(agents: readonly string[], leads: number, change: Partial<AgentWork> = {}) {
  const clock = new ManualClock();
  const data = new JournalData();
  const journal = new TestJournal(data);
  const network = new FakeTelephony();
  const media = new FakeMedia();
  const phones = new Phones();
  const transferred: string[] = [];
  const rows = Array.from({ length: leads }, (_, index) => {
    return { row: index + 1, contactId: `p-${index + 1}`, mask: '+1 202 *** **45', attempt: 1 };
  });
  const claims = new Map<string, typeof rows>();
  const person = { number: '+12025550101', name: '', attributes: {} };
  const actors = [
    campaignActor({
      clock,
      leads: {
        claim: async ({ claimId, count }) => {
          const claimed = claims.get(claimId) ?? rows.splice(0, count);
          claims.set(claimId, claimed);
          return claimed;
        },
        settle: async () => undefined,
        schedule: async () => undefined,
        nextDue: async () => undefined,
      },
      lists: { load: async () => ({ rows: leads, added: leads, known: 0, refused: 0 }) },
    }),
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
  const protocols = [campaignProtocol, callProtocol, trunkProtocol, agentProtocol, contactProtocol];
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

  await ask('trunk', 't', {
    type: 'ConfigureTrunk',
    uri: 'sip:127.0.0.1:9',
    maxChannels: 50,
    callsPerSecond: 50,
    leaseMs: 600_000,
  } as Tagged);
  const settings: CampaignSettings = {
    ...{
      trunkId: 't',
      plan,
      maxCalls: 20,
      callsPerSecond: 50,
      leaseMs: 600_000,
      law: anyLaw,
      agents: { ...work, ...change },
    },
  };
  await ask('campaign', 'c', { type: 'ConfigureCampaign', settings } as Tagged);
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
