/** A call that is for an agent: what has happened to it, and what it tells others. */
import { agentProtocol } from '#proto/generated/agent.ts';
import { type CallEvent, callProtocol } from '#proto/generated/call.ts';
import { campaignProtocol } from '#proto/generated/campaign.ts';
import { setTimer, tell } from '#runtime/effects.ts';
import { decide } from './decide.ts';
import { isWakeful, react, resume } from './react.ts';
import { evolve, initial } from './state.ts';

export const call = { protocol: callProtocol, initial, decide, evolve, react, resume, isWakeful };
export const me = { actorId: 'c.7.1' };
export const plan = {
  ...{ prompt: '', gatherDigits: 0, gatherTimeoutMs: 0, ringTimeoutMs: 15_000, maxTalkMs: 120_000, record: true },
  ...{ needsAgent: true, connectDeadlineMs: 2000, safeHarbour: 'sorry.wav', optOutDigit: '9', holdMusic: 'waltz.wav' },
  transfers: { targets: [{ name: 'billing', uri: 'sip:billing@pbx' }] },
};
export const request = { campaignId: 'c', row: 7, contactId: 'p-7', mask: '+1 202 *** **45', trunkId: 't', plan };
export const ringing = [
  { type: 'CallRequested', ...request, atMs: 1 },
  { type: 'RouteTaken', trunkId: 't' },
  { type: 'CallDialed', atMs: 2 },
  { type: 'CallRang', sipStatus: 180, atMs: 3 },
] as const satisfies readonly CallEvent[];
export const answered = { type: 'CallAnswered', sipStatus: 200, atMs: 1000 } as const satisfies CallEvent;
export const waiting = [...ringing, answered] as const;
export const ann = { agentId: 'ann', legId: 'agent:ann:1', nodeId: 'n', reservation: 3 };
export const bob = { agentId: 'bob', legId: 'agent:bob:4', nodeId: 'n', reservation: 5 };
export const numbers: Readonly<Record<string, number>> = { ann: 3, bob: 5 };
export const assigned = { type: 'AgentAssigned', ...ann, consult: false, atMs: 1010 } as const satisfies CallEvent;
export const connected = {
  type: 'AgentConnected',
  agentId: 'ann',
  waitedMs: 40,
  atMs: 1040,
} as const satisfies CallEvent;
export const talking = [...waiting, assigned, connected] as const;
export const asked = (wait: number, sinceMs: number, agentId = '', notAgentId = '') =>
  tell(
    campaignProtocol,
    'c',
    { type: 'RequestAgent', callId: 'c.7.1', sinceMs, wait, agentId, notAgentId },
    `agent:${wait}`,
  );
export const wait = (number: number, untilMs: number) =>
  setTimer('wait', untilMs, { type: 'GiveUpWaiting' as const, wait: number });
export const connecting = (number: number, untilMs: number) =>
  setTimer('wait', untilMs, { type: 'GiveUpWaiting' as const, wait: number, connecting: true });
export const over = (agentId: string, atMs: number | string, reservation = numbers[agentId] ?? 0) =>
  tell(agentProtocol, agentId, { type: 'ReportCallOver', callId: 'c.7.1', reservation }, `over:${agentId}:${atMs}`);
/** Ann has the callee again. */
export const heardAgain = (atMs: number) =>
  tell(agentProtocol, 'ann', { type: 'ReportConnected', callId: 'c.7.1', reservation: 3 }, `back:ann:${atMs}`);
export const hungUp = (atMs: number, reason: string) =>
  ({ type: 'HangupRequested', party: 'callboard', by: '', reason, atMs }) as const;
export const toCampaign = (command: Parameters<typeof campaignProtocol.command.encode>[0], key: string) =>
  tell(campaignProtocol, 'c', command, key);
