/** Journals with a history that nobody lived through: events as a test writes them down. */
import type { DbAdapter } from 'moleculer-db';
import type { Journal } from '#ports/journal.ts';
import { type ModelDocument, stateId } from '#ports/model-store.ts';
import type { Codec, Tagged } from '#proto/codec.ts';
import { type AgentEvent, agentEvent } from '#proto/generated/agent.ts';
import { type CallEvent, callEvent } from '#proto/generated/call.ts';
import { type CampaignEvent, campaignEvent } from '#proto/generated/campaign.ts';
import { contactEvent } from '#proto/generated/contact.ts';
import { trunkEvent } from '#proto/generated/trunk.ts';
import { type ChainEnd, genesis, seal } from '#runtime/commits.ts';

/** Writes commits, one an event or one for a list of events, each after those of its stream. */
export class Scribe {
  readonly #journal: Pick<Journal, 'append'>;
  readonly #ends = new Map<string, ChainEnd>();
  #atMs: number;

  constructor(journal: Pick<Journal, 'append'>, atMs = 1_750_000_000_000) {
    this.#journal = journal;
    this.#atMs = atMs;
  }

  async write<E extends Tagged>(stream: string, codec: Codec<E>, ...commits: (E | readonly E[])[]): Promise<void> {
    for (const commit of commits) {
      const end = this.#ends.get(stream) ?? genesis;
      const events = (Array.isArray(commit) ? commit : [commit]).map((event: E) => codec.encode(event));
      const version = end.version + 1;
      this.#atMs += 10;
      const sealed = seal({
        stream,
        version,
        atMs: this.#atMs,
        commandId: `${stream}@${version}`,
        correlationId: 'test',
        causationId: '',
        sender: 'test:scribe',
        events,
        previousHash: end.hash,
      });
      const work = { wakeful: false, setTimers: [], clearTimers: [] };
      await this.#journal.append([{ stream, version, ...sealed, atMs: this.#atMs, ...work }]);
      this.#ends.set(stream, { version, hash: sealed.hash });
    }
  }
}

const plan = {
  prompt: 'hello.wav',
  gatherDigits: 1,
  gatherTimeoutMs: 1000,
  ringTimeoutMs: 1000,
  maxTalkMs: 1000,
  record: true,
};
const media = { packetsSent: 1, packetsReceived: 1, packetsLost: 0, jitterMs: 1 };

/** What a call goes through that somebody answers. */
export function answeredCall(campaignId: string, row: number): readonly (CallEvent | readonly CallEvent[])[] {
  const request = { campaignId, row, contactId: `contact-${row % 7}`, mask: `+86 138 **** ${1000 + (row % 7)}` };
  return [
    { type: 'CallRequested', ...request, trunkId: 't', plan, atMs: 1000 },
    [
      { type: 'RouteTaken', trunkId: 't' },
      { type: 'CallDialed', atMs: 1100 },
    ],
    { type: 'CallRang', sipStatus: 180, atMs: 1200 },
    { type: 'CallAnswered', sipStatus: 200, atMs: 1300 },
    { type: 'DigitPressed', digit: '4', atMs: 1400 },
    { type: 'DigitPressed', digit: '2', atMs: 1500 },
    { type: 'CallHungUp', by: 'callee', reason: 'BYE', atMs: 1600 },
    {
      type: 'CallEnded',
      outcome: 'answered',
      sipStatus: 200,
      reason: 'BYE',
      ringMs: 200,
      talkMs: 300,
      digits: '42',
      media: { ...media, recording: `recordings/${row}.wav`, recordedMs: 300 },
      atMs: 1700,
    },
  ];
}

/** A shift with one talk in it. */
const shift: readonly AgentEvent[] = [
  { type: 'SignInRequested', shift: 1, legId: 'agent:ann:1', atMs: 100 },
  { type: 'PhoneAnswered', legId: 'agent:ann:1', nodeId: 'n', atMs: 200 },
  { type: 'AgentBecameReady', atMs: 200 },
  {
    type: 'AgentReserved',
    callId: 'c.1.1',
    campaignId: 'c',
    wrapUp: { dispositions: [], required: false, longestMs: 0, defaultDisposition: '' },
    consult: false,
    reservation: 1,
    atMs: 1200,
  },
  { type: 'AgentConnected', callId: 'c.1.1', atMs: 1250 },
  { type: 'TalkEnded', callId: 'c.1.1', talkMs: 3000, atMs: 4250 },
  { type: 'CallDisposed', callId: 'c.1.1', campaignId: 'c', disposition: 'sale', byDefault: false, atMs: 4300 },
  { type: 'AgentBecameReady', atMs: 4400 },
];

/** A campaign with a trunk, an agent, its calls and their contacts, one of whom was erased. */
export async function journalWithACampaign(journal: Pick<Journal, 'append'>, rows = 20): Promise<Scribe> {
  const scribe = new Scribe(journal);
  const settings = { trunkId: 't', plan, maxCalls: 5, callsPerSecond: 2, leaseMs: 60_000 };
  const campaign = (...events: CampaignEvent[]) => scribe.write('campaign/c', campaignEvent, ...events);
  await scribe.write('trunk/t', trunkEvent, {
    type: 'TrunkConfigured',
    uri: 'sip:gateway.example',
    maxChannels: 5,
    callsPerSecond: 2,
    leaseMs: 60_000,
  });
  await campaign(
    { type: 'CampaignConfigured', settings },
    { type: 'ListRequested', path: 'list.csv' },
    { type: 'ListLoaded', path: 'list.csv', rows, added: rows, known: 0, refused: 1 },
    { type: 'CampaignStarted', atMs: 900 },
  );
  await scribe.write('agent/ann', agentEvent, ...shift);
  for (let row = 1; row <= rows; row += 1) {
    const callId = `c.${row}.1`;
    const contactId = `contact-${row % 7}`;
    const lead = { row, contactId, mask: '', attempt: 1 };
    await campaign(
      { type: 'LeadsRequested', claimId: `claim-${row}`, count: 1, atMs: 950 },
      { type: 'AttemptsStarted', claimId: `claim-${row}`, attempts: [{ callId, lead }], atMs: 960 },
    );
    const [requested, dialed, ...rest] = answeredCall('c', row);
    await scribe.write(`call/${callId}`, callEvent, requested as CallEvent);
    await scribe.write('trunk/t', trunkEvent, { type: 'ChannelReserved', callId, atMs: 1050 });
    await scribe.write(`call/${callId}`, callEvent, dialed as CallEvent);
    await scribe.write(`contact/${contactId}`, contactEvent, {
      type: 'NumberRead',
      purpose: 'dial',
      by: `call/${callId}`,
      atMs: 1060,
    });
    await scribe.write(`call/${callId}`, callEvent, ...rest);
    await scribe.write('trunk/t', trunkEvent, { type: 'ChannelReleased', callId });
    await campaign({ type: 'AttemptEnded', callId, row, attempt: 1, outcome: 'answered', atMs: 1800 });
  }
  await scribe.write('contact/contact-3', contactEvent, { type: 'ContactErased', by: 'wang', atMs: 1900 });
  await campaign({ type: 'CampaignEnded', atMs: 2000 });
  return scribe;
}

/** All documents of a model in the order of their ids, without what depends on how they were written. */
export async function bodiesOf(adapter: Pick<DbAdapter, 'find'>): Promise<readonly object[]> {
  const documents = (await adapter.find({ query: { _id: { $ne: stateId } } })) as ModelDocument[];
  return documents
    .map(({ revision: _, ...document }) => document)
    .sort((left, right) => (left._id < right._id ? -1 : 1));
}
