/** Ann: who she is, what has happened to her, and what she tells others. */
import { type AgentEvent, agentProtocol } from '#proto/generated/agent.ts';
import { callProtocol } from '#proto/generated/call.ts';
import { campaignProtocol } from '#proto/generated/campaign.ts';
import { clearTimer, setTimer, tell } from '#runtime/effects.ts';
import { decide } from './decide.ts';
import { isWakeful, react, resume } from './react.ts';
import { evolve, initial } from './state.ts';

export const agent = { protocol: agentProtocol, initial, decide, evolve, react, resume, isWakeful };
export const me = { actorId: 'ann' };
export const legId = 'agent:ann:1';
export const profile = {
  phoneUri: 'sip:ann@127.0.0.1:5090',
  skills: [{ name: 'loans', level: 3 }],
  languages: ['en'],
  campaigns: ['c', 'd'],
};
export const wrapUp = {
  dispositions: ['sale/new', 'callback', 'no interest'],
  required: false,
  longestMs: 30_000,
  defaultDisposition: 'no interest',
};
export const strict = { ...wrapUp, required: true, defaultDisposition: '' };
export const signedIn = [
  { type: 'AgentConfigured', profile },
  { type: 'SignInRequested', shift: 1, legId, atMs: 1 },
  { type: 'PhoneAnswered', legId, nodeId: 'n', atMs: 2 },
  { type: 'AgentBecameReady', atMs: 2 },
] as const satisfies readonly AgentEvent[];
export const reserved = {
  type: 'AgentReserved',
  callId: 'c.1.1',
  campaignId: 'c',
  wrapUp,
  consult: false,
  reservation: 1,
  atMs: 10,
} as const satisfies AgentEvent;
export const connected = { type: 'AgentConnected', callId: 'c.1.1', atMs: 20 } as const satisfies AgentEvent;
export const ended = { type: 'TalkEnded', callId: 'c.1.1', talkMs: 80, atMs: 100 } as const satisfies AgentEvent;
export const ready = (campaignId: string, sinceMs: number, atMs = sinceMs) =>
  tell(
    campaignProtocol,
    campaignId,
    { type: 'ReportAgentReady', agentId: 'ann', sinceMs, skills: profile.skills, languages: ['en'] },
    `ready:${campaignId}:${atMs}`,
  );
export const away = (campaignId: string, reason: string, atMs: number) =>
  tell(campaignProtocol, campaignId, { type: 'ReportAgentAway', agentId: 'ann', reason }, `away:${campaignId}:${atMs}`);
export const toCall = (command: Parameters<typeof callProtocol.command.encode>[0], key: string) =>
  tell(callProtocol, 'c.1.1', command, key);
export const timers = ['reservation', 'wrap-up', 'preview', 'turn'].map((key) => clearTimer(key));
/** Of several campaigns one has the agent to itself for a while. */
export const turn = (campaignId: string, fromMs: number, lastsMs = 3000) =>
  setTimer('turn', fromMs + lastsMs, { type: 'EndTurn' as const, campaignId });
export const elsewhere = 'works for another campaign';
export const takesTurn = (campaignId: string, other: string, atMs: number) => [
  ...[away(other, elsewhere, atMs), ready(campaignId, atMs), turn(campaignId, atMs)],
];
