/** What the actors of a recorded journal are told: nearly every event of the contract comes of it. */

import { type CallCommand, callProtocol } from '#proto/generated/call.ts';
import { type CampaignCommand, campaignProtocol } from '#proto/generated/campaign.ts';
import { type ContactCommand, contactProtocol } from '#proto/generated/contact.ts';
import { type DeadLettersCommand, deadLettersProtocol } from '#proto/generated/dead-letters.ts';
import { type NodeCommand, nodeProtocol } from '#proto/generated/node.ts';
import { type TrunkCommand, trunkProtocol } from '#proto/generated/trunk.ts';
import { anyLaw } from '#test/any-law.ts';
import { type Story, story } from './story.ts';

const plan = {
  prompt: 'hello.wav',
  gatherDigits: 2,
  gatherTimeoutMs: 4000,
  ringTimeoutMs: 15_000,
  maxTalkMs: 120_000,
  record: true,
};
const place: CallCommand = {
  type: 'PlaceCall',
  campaignId: 'spring-sale',
  row: 7,
  contactId: 'p-7',
  mask: '+86 138 **** 1234',
  trunkId: 'north',
  plan,
  intent: 'dial',
};
const route: CallCommand = { type: 'TakeRoute', trunkId: 'north' };
const media = {
  packetsSent: 900,
  packetsReceived: 880,
  packetsLost: -1,
  jitterMs: 1.25,
  recording: 'recordings/spring-sale/spring-sale.7.1.wav',
  recordedMs: 17_600,
};

const answered: readonly CallCommand[] = [
  place,
  { type: 'AwaitRoute', code: 'TRUNK_FULL', retryAfterMs: 500 },
  route,
  { type: 'ReportRinging', sipStatus: 180 },
  { type: 'ReportAnswer', sipStatus: 200 },
  { type: 'ReportPromptEnd', completed: true },
  { type: 'ReportDigit', digit: '4' },
  { type: 'ReportDigit', digit: '2' },
  { type: 'ReportHangup', by: 'callboard', reason: 'plan ended' },
  { type: 'ReportMedia', media },
];
const busy: readonly CallCommand[] = [
  place,
  route,
  { type: 'ReportFailure', outcome: 'busy', sipStatus: 486, reason: 'Busy Here' },
  { type: 'ReportMedia', media: { ...media, recordingError: 'DISK_FULL' } },
  route,
];
const talking = [...answered.slice(0, 5), { type: 'HangUp', by: 'wang' }] as const satisfies readonly CallCommand[];
const withdrawn: readonly CallCommand[] = [
  place,
  { ...place, intent: 'wait', trunkId: 'south' },
  { ...place, intent: 'withdraw' },
];
const lost = [place, route, { type: 'DeclareLost' }] as const satisfies readonly CallCommand[];

const lead = (row: number) => ({ row, contactId: `p-${row}`, mask: '+86 138 **** 1234', attempt: 1 });
const settings = { trunkId: 'north', plan, maxCalls: 2, callsPerSecond: 12.5, leaseMs: 5, law: anyLaw };
const crash = (row: number) =>
  ({ type: 'ReportCrash', callId: `spring-sale.${row}.1`, code: 'ACTOR_CRASHED' }) as const satisfies CampaignCommand;
const report = { path: 'leads.csv', rows: 3, added: 2, known: 0, refused: 1, failure: '' };
const campaign: readonly CampaignCommand[] = [
  { type: 'ConfigureCampaign', settings },
  { type: 'LoadList', path: 'none.csv' },
  { type: 'ReportList', ...report, path: 'none.csv', added: 0, failure: 'The list is not there.' },
  { type: 'LoadList', path: 'leads.csv' },
  { type: 'ReportList', ...report },
  { type: 'StartCampaign' },
  { type: 'Pace' },
  { type: 'AssignLeads', claimId: 'spring-sale.1', leads: [lead(1), lead(2)] },
  { type: 'CheckAttempts' },
  crash(1),
  crash(2),
  crash(1),
  { type: 'ResumeCampaign', by: 'wang' },
  { type: 'ReportAttempt', callId: 'spring-sale.1.1', outcome: 'answered' },
];
const over: readonly CampaignCommand[] = [
  ...campaign,
  { type: 'PauseCampaign', by: 'wang', reason: 'lunch' },
  { type: 'StopCampaign', by: 'wang' },
  { type: 'ReportAttempt', callId: 'over.2.1', outcome: 'no-answer' },
].map((command) => JSON.parse(JSON.stringify(command).replaceAll('spring-sale', 'over')) as CampaignCommand);

const trunk: readonly TrunkCommand[] = [
  { type: 'ConfigureTrunk', uri: 'sip:192.0.2.9', maxChannels: 2, callsPerSecond: 1000, leaseMs: 30 },
  { type: 'ReportHealth', healthy: true, sipStatus: 200, roundTripMs: 7 },
  { type: 'ReserveChannel', callId: 'spring-sale.1.1' },
  { type: 'ReserveChannel', callId: 'spring-sale.2.1' },
  { type: 'ReleaseChannel', callId: 'spring-sale.1.1' },
  { type: 'ReportHealth', healthy: false, sipStatus: 0, roundTripMs: 0 },
  { type: 'ReportHealth', healthy: false, sipStatus: 0, roundTripMs: 0 },
  { type: 'ReportHealth', healthy: false, sipStatus: 503, roundTripMs: 9 },
  { type: 'ExpireLeases' },
];

const contact: readonly ContactCommand[] = [
  { type: 'RecordReading', purpose: 'dial', by: 'call/spring-sale.7.1' },
  { type: 'RecordErasure', by: 'wang' },
];

const letter = (commandId: string) => ({
  envelope: {
    protocol: 1,
    commandId,
    toKind: 'call',
    toId: 'gone.1.1',
    sender: 'campaign/gone',
    correlationId: 'cause',
    causationId: 'campaign/gone@3',
    sentAtMs: 1_750_000_000_000,
    command: callProtocol.command.encode({ type: 'DescribeCall' }),
    acceptance: false,
    hops: 0,
    anchored: false,
  },
  code: 'ACTOR_CRASHED',
  message: 'call/gone.1.1 crashes on the command.',
  atMs: 1_750_000_000_500,
  attempts: 4,
});
const deadLetters: readonly DeadLettersCommand[] = [
  { type: 'KeepLetter', letter: letter('c-1') },
  { type: 'KeepLetter', letter: letter('c-2') },
  { type: 'KeepLetter', letter: letter('c-3') },
  { type: 'DropLetter', commandId: 'c-1', by: 'wang' },
  { type: 'ResendLetter', commandId: 'c-2', by: 'wang' },
];

const life = { life: 'left#1', roles: ['control', 'voice'], version: '0.1.0', weight: 1.5 };
const operated: readonly NodeCommand[] = [
  { type: 'ReportStart', ...life },
  { type: 'DrainNode', by: 'wang', reason: 'new disk' },
  { type: 'ReportDrained', order: 1 },
  { type: 'UndrainNode', by: 'li' },
  { type: 'ReportUndrained', order: 2 },
  { type: 'DrainNode', by: 'wang', reason: '' },
  { type: 'ReportRefusal', order: 3, reason: 'Node left is the only one that hosts call: start another one first.' },
  { type: 'DrainNode', by: 'wang', reason: 'again' },
  { type: 'ReportLeave', life: 'left#1' },
  { type: 'ReportStart', ...life, life: 'left#2' },
  { type: 'DrainNode', by: 'wang', reason: 'for good' },
  { type: 'UndrainNode', by: 'li' },
  { type: 'ReportRefusal', order: 6, reason: 'Node left was told to leave: it takes actors again when it is started.' },
  { type: 'ForgetNode', by: 'wang' },
  { type: 'ReportThere', look: 1 },
];
const died: readonly NodeCommand[] = [
  { type: 'ReportStart', ...life, life: 'right#1' },
  { type: 'ForgetNode', by: 'wang' },
  { type: 'ReportGone', look: 1 },
];

export const stories: readonly Story[] = [
  story(callProtocol, 'spring-sale.7.1', answered),
  story(callProtocol, 'spring-sale.8.1', busy),
  story(callProtocol, 'spring-sale.9.1', talking),
  story(callProtocol, 'spring-sale.10.1', lost),
  story(callProtocol, 'spring-sale.11.1', withdrawn),
  story(campaignProtocol, 'spring-sale', campaign),
  story(campaignProtocol, 'over', over),
  story(trunkProtocol, 'north', trunk),
  story(contactProtocol, 'p-7', contact),
  story(nodeProtocol, 'left', operated),
  story(nodeProtocol, 'right', died),
  story(deadLettersProtocol, 'recorder', deadLetters),
];
