/** What actors of a recorded journal are told of the work with agents: shifts, calls, transfers, previews, callbacks. */
import { type AgentCommand, agentProtocol } from '#proto/generated/agent.ts';
import { type CallCommand, callProtocol } from '#proto/generated/call.ts';
import {
  type AgentWork,
  type CampaignCommand,
  type CampaignSettings,
  campaignProtocol,
} from '#proto/generated/campaign.ts';
import { type ContactCommand, contactProtocol } from '#proto/generated/contact.ts';
import type { Law } from '#proto/generated/law.ts';
import { type Story, story } from './story.ts';

const profile = {
  phoneUri: 'sip:ann@192.0.2.20',
  skills: [{ name: 'loans', level: 2 }],
  languages: ['en', 'fr'],
  campaigns: ['floor', 'other'],
};
const wrapUp = { dispositions: ['sale', 'callback'], required: true, longestMs: 30_000, defaultDisposition: '' };
const lenient = { ...wrapUp, required: false, defaultDisposition: 'none' };
const source = { citation: 'a law', url: 'https://example.org', note: '' };
const law: Law = {
  profile: 'story',
  fingerprint: 'story-1',
  rules: [
    { id: 'story.abandoned', source, limit: { type: 'AbandonWindow', most: 0.03, windowMs: 2_592_000_000, zone: '' } },
    { id: 'story.lists', source, limit: { type: 'DoNotCall', lists: [] } },
    { id: 'story.attempts', source, limit: { type: 'Attempts', most: 1, windowMs: 86_400_000, per: 'contact' } },
  ],
};
const standing = { zones: ['America/New_York'], debt: 'd-1' };
const side = { address: '192.0.2.9', port: 20_000, codecs: ['PCMU'], dtmfPayloadType: 101 };

/** The phone of an agent is answered. */
const begins = (agentId: string): readonly AgentCommand[] => [
  { type: 'ConfigureAgent', profile },
  { type: 'SignIn', by: 'wang' },
  { type: 'ReportPhoneAnswer', legId: `agent:${agentId}:1`, nodeId: 'recorder' },
];
const reserve = (row: number, more: { wrapUp?: typeof wrapUp; consult?: boolean } = {}): AgentCommand => {
  return { type: 'ReserveAgent', callId: `floor.${row}.1`, campaignId: 'floor', wrapUp, ...more };
};
const call = (row: number, reservation: number) => ({ callId: `floor.${row}.1`, reservation });
const offer = (row: number): AgentCommand => ({
  ...{ type: 'OfferPreview', callId: `floor.${row}.1`, campaignId: 'floor', contactId: `p-${row}` },
  ...{ mask: '+1 202 *** **45', longestMs: 20_000, dialsInTheEnd: true, wrapUp },
});

const shift: readonly AgentCommand[] = [
  ...begins('ann'),
  { type: 'ConfigureAgent', profile: { ...profile, campaigns: ['floor'] } },
  offer(1),
  { type: 'AnswerPreview', accepted: false },
  offer(2),
  { type: 'EndPreview', callId: 'floor.2.1' },
  reserve(2),
  { type: 'LinkPhone', ...call(2, 2), linkId: 'link:floor.2.1:ann:2', side },
  { type: 'ReportConnected', ...call(2, 2) },
  { type: 'HoldCall' },
  { type: 'RetrieveCall' },
  { type: 'MuteMicrophone', muted: true },
  { type: 'TransferCall', agentId: 'bob', target: '', warm: true },
  { type: 'CancelTransfer' },
  { type: 'TransferCall', agentId: 'bob', target: '', warm: true },
  { type: 'CompleteTransfer' },
  { type: 'ReportCallOver', ...call(2, 2) },
  { type: 'DisposeCall', disposition: 'callback', callbackAtMs: 1_750_086_400_000, callbackToMe: true },
  { type: 'BecomeReady', by: 'wang' },
  { type: 'RequestLead', campaignId: 'floor' },
  reserve(3, { consult: true }),
  { type: 'ReportConnected', ...call(3, 3) },
  { type: 'ReportCallOver', ...call(3, 3) },
  reserve(4),
  { type: 'ReleaseAgent', ...call(4, 4), reason: 'hung up' },
  reserve(5),
  { type: 'EndReservation', callId: 'floor.5.1' },
  { type: 'ReportConnected', ...call(9, 1) },
  offer(6),
  { type: 'TakeBreak', reason: 'tea' },
  { type: 'ReleaseAgent', ...call(5, 5), reason: 'hung up' },
  { type: 'StartMonitoring', agentId: 'bob', mode: 'whisper' },
  { type: 'StopMonitoring' },
  { type: 'BecomeReady' },
  reserve(7, { wrapUp: lenient }),
  { type: 'ReportConnected', ...call(7, 6) },
  { type: 'EndCall', by: 'wang' },
  { type: 'SignOut' },
  { type: 'ReportCallOver', ...call(7, 6) },
  { type: 'EndWrapUp', callId: 'floor.7.1' },
];
const talks = (agentId: string): readonly AgentCommand[] => [
  ...begins(agentId),
  reserve(8),
  { type: 'ReportConnected', ...call(8, 1) },
];
const holding: readonly AgentCommand[] = [
  ...talks('bob'),
  { type: 'HoldCall' },
  { type: 'TakeBreak', reason: 'lunch' },
];
const owing: readonly AgentCommand[] = [...talks('cid'), { type: 'ReportCallOver', ...call(8, 1) }];
const looking: readonly AgentCommand[] = [...begins('dan'), offer(9)];
const lost: readonly AgentCommand[] = [
  ...talks('eve'),
  { type: 'ReportPhoneGone', legId: 'agent:eve:1', reason: 'the phone hung up' },
];

const plan = {
  ...{ prompt: '', gatherDigits: 0, gatherTimeoutMs: 0, ringTimeoutMs: 20_000, maxTalkMs: 120_000, record: true },
  ...{ needsAgent: true, connectDeadlineMs: 2000, safeHarbour: 'sorry.wav', optOutDigit: '9', holdMusic: 'waltz.wav' },
  ...{ longestWaitMs: 45_000, transfers: { targets: [{ name: 'billing', uri: 'sip:billing@192.0.2.7' }] } },
};
const place = (row: number): CallCommand => ({
  ...{ type: 'PlaceCall', campaignId: 'floor', row, contactId: `p-${row}`, mask: '+1 202 *** **45' },
  ...{ trunkId: 'north', plan, intent: 'dial', agentId: 'ann', law: { fingerprint: law.fingerprint, standing } },
});
const answers = (row: number): readonly CallCommand[] => [
  place(row),
  { type: 'TakeRoute', trunkId: 'north', permitted: true },
  { type: 'ReportRinging', sipStatus: 180 },
  { type: 'ReportAnswer', sipStatus: 200 },
];
const comes = (agentId: string, reservation: number, consult = false): readonly CallCommand[] => [
  { type: 'ConnectAgent', agentId, legId: `agent:${agentId}:1`, nodeId: 'recorder', consult, reservation },
  { type: 'ReportBridge', agentId, failure: '' },
];
const media = {
  ...{ packetsSent: 900, packetsReceived: 880, packetsLost: 0, jitterMs: 0.5 },
  ...{ recording: 'recordings/floor/floor.2.1.wav', recordedMs: 17_600 },
};
const [annComes, annTalks] = comes('ann', 2);
const handedOver: readonly CallCommand[] = [
  ...answers(2),
  ...(annComes ? [annComes] : []),
  { type: 'ReportLink', agentId: 'ann', reservation: 2, linkId: 'link:floor.2.1:ann:2', side, failure: '' },
  ...(annTalks ? [annTalks] : []),
  ...comes('zoe', 9),
  { type: 'HoldCustomer', agentId: 'ann', held: true },
  { type: 'HoldCustomer', agentId: 'ann', held: false },
  { type: 'HandOver', agentId: 'ann', toAgentId: 'bob', target: '', warm: true },
  ...comes('bob', 4, true),
  { type: 'FinishHandOver', agentId: 'ann', completed: true },
  ...comes('bob', 5),
  { type: 'ReportAgentGone', agentId: 'bob', reason: 'the phone of the agent is gone', reservation: 0 },
  ...comes('cid', 1),
  { type: 'HandOver', agentId: 'cid', toAgentId: '', target: 'billing', warm: false },
  { type: 'ReportTransfer', failure: 'TRANSFER_FAILED' },
  { type: 'EndByAgent', agentId: 'cid' },
  { type: 'ReportHangup', by: 'callboard', reason: 'BYE' },
  { type: 'ReportMedia', media },
];
const abandoned: readonly CallCommand[] = [
  ...answers(10),
  { type: 'GiveUpWaiting', wait: 1 },
  { type: 'ReportDigit', digit: '9' },
  { type: 'ReportHangup', by: 'callboard', reason: 'BYE' },
  { type: 'ReportMedia', media },
];
const refused: readonly CallCommand[] = [
  place(11),
  { type: 'TakeRefusal', ruleId: 'story.attempts', retryAtMs: 1_750_086_400_000 },
];
const asking: readonly CallCommand[] = [
  ...answers(12),
  ...comes('ann', 7),
  { type: 'HandOver', agentId: 'ann', toAgentId: 'bob', target: '', warm: true },
  ...comes('bob', 6, true),
];

const lead = (row: number) => ({ row, contactId: `p-${row}`, mask: '+1 202 *** **45', attempt: 1 });
const work: AgentWork = {
  mode: 'progressive',
  ...{ powerRatio: 1.5, maxAbandonRate: 0.03, skills: [{ name: 'loans', level: 1 }] },
  ...{ language: 'en', sticky: true, previewMs: 20_000, previewDials: true, wrapUp },
};
const settings: CampaignSettings = {
  ...{ trunkId: 'north', plan, maxCalls: 5, callsPerSecond: 10, leaseMs: 60_000, law },
  agents: work,
};
const readyAt = (agentId: string, sinceMs: number): CampaignCommand => {
  return { type: 'ReportAgentReady', agentId, sinceMs, skills: profile.skills, languages: ['en'] };
};
const asks = (row: number, wait = 1): CampaignCommand => ({
  ...{ type: 'RequestAgent', callId: `floor.${row}.1`, sinceMs: 1_750_000_000_000, wait, agentId: '', notAgentId: '' },
});
const floor: readonly CampaignCommand[] = [
  { type: 'ConfigureCampaign', settings },
  { type: 'LoadList', path: 'leads.csv' },
  { type: 'ReportList', path: 'leads.csv', rows: 9, added: 9, known: 0, refused: 0, failure: '' },
  { type: 'StartCampaign' },
  readyAt('ann', 1_750_000_000_010),
  readyAt('bob', 1_750_000_000_020),
  readyAt('cid', 1_750_000_000_030),
  { type: 'Pace' },
  // The second is for a human: an agent sees it first.
  { type: 'AssignLeads', claimId: 'floor.1', leads: [lead(1), { ...lead(2), humanOnly: true }, lead(3)] },
  { type: 'ReportRinging', callId: 'floor.1.1' },
  asks(1),
  { type: 'ReportRefusal', callId: 'floor.1.1', agentId: 'bob', code: 'AGENT_NOT_READY' },
  { type: 'ReportConnected', callId: 'floor.1.1', agentId: 'cid', atMs: 1_750_000_000_200 },
  { type: 'ReportPreview', callId: 'floor.2.1', agentId: 'ann', accepted: true },
  asks(3),
  { type: 'ReportAbandoned', callId: 'floor.3.1', atMs: 1_750_000_002_000 },
  { type: 'ReportAttempt', callId: 'floor.3.1', outcome: 'abandoned' },
  { type: 'ReportAgentAway', agentId: 'bob', reason: 'lunch' },
  {
    ...{ type: 'ReportDisposition', callId: 'floor.1.1', agentId: 'cid', disposition: 'callback' },
    ...{ callbackAtMs: 1_750_086_400_000, callbackAgentId: 'cid' },
  },
  { type: 'ReportAttempt', callId: 'floor.1.1', outcome: 'answered' },
  { type: 'ScheduleCallback', row: 7, attempt: 1, dueAtMs: 1_750_090_000_000 },
];
const clicking: readonly CampaignCommand[] = [
  { type: 'ConfigureCampaign', settings: { ...settings, agents: { ...work, mode: 'manual' } } },
  ...floor.slice(1, 5),
  { type: 'RequestLead', agentId: 'ann' },
  { type: 'Pace' },
  { type: 'AssignLeads', claimId: 'clicked.1', leads: [lead(1)] },
  { type: 'ReportPreview', callId: 'clicked.1.1', agentId: 'ann', accepted: false },
];

const permit = (callId: string): ContactCommand => ({
  ...{ type: 'RequestPermit', callId, campaignId: 'floor', law, standing },
  ...{ showsNumber: true, recorded: false, agentWaits: true },
});
const outcome = (callId: string, more: { outcome: 'answered' | 'abandoned' | 'canceled'; dialed: boolean }) =>
  ({
    ...{ type: 'ReportAttemptOutcome', callId, campaignId: 'floor', talkMs: 9000, atMs: 1_750_000_003_000, ...more },
  }) as ContactCommand;
const known: readonly ContactCommand[] = [
  permit('floor.2.1'),
  permit('floor.2.2'),
  outcome('floor.2.1', { outcome: 'canceled', dialed: false }),
  permit('floor.2.3'),
  outcome('floor.2.3', { outcome: 'answered', dialed: true }),
  outcome('floor.2.4', { outcome: 'abandoned', dialed: true }),
  { type: 'GrantConsent', campaignId: 'floor', by: 'wang', evidence: 'form 7' },
  { type: 'RevokeConsent', campaignId: 'floor', by: 'wang' },
  { type: 'ForbidCalls', list: 'global', campaignId: '', by: 'wang' },
  { type: 'AllowCalls', list: 'global', campaignId: '', by: 'wang' },
  { type: 'OptOut', callId: 'floor.2.3', campaignId: 'floor', means: 'digit' },
];

export const agentStories: readonly Story[] = [
  story(agentProtocol, 'ann', shift),
  story(agentProtocol, 'bob', holding),
  story(agentProtocol, 'cid', owing),
  story(agentProtocol, 'dan', looking),
  story(agentProtocol, 'eve', lost),
  story(callProtocol, 'floor.2.1', handedOver),
  story(callProtocol, 'floor.10.1', abandoned),
  story(callProtocol, 'floor.11.1', refused),
  story(callProtocol, 'floor.12.1', asking),
  story(campaignProtocol, 'floor', floor),
  story(campaignProtocol, 'clicked', clicking),
  story(contactProtocol, 'p-2', known),
];
