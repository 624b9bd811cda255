/** A call that is for an agent in each of its states, by what has happened to it. */
import { type CallEvent, callProtocol } from '#proto/generated/call.ts';
import { decide } from './decide.ts';
import { isWakeful, react, resume } from './react.ts';
import { evolve, initial } from './state.ts';

export const call = { protocol: callProtocol, initial, decide, evolve, react, resume, isWakeful };
export const me = { actorId: 'c.7.1', nowMs: 9000 };

/** That a digit is asked for is no matter of those who talk to an agent. */
export const plan = {
  ...{ prompt: '', gatherDigits: 1, gatherTimeoutMs: 0, ringTimeoutMs: 15_000, maxTalkMs: 120_000, record: true },
  ...{ needsAgent: true, connectDeadlineMs: 2000, safeHarbour: 'sorry.wav', optOutDigit: '9' },
};
export const request = { campaignId: 'c', row: 7, contactId: 'p-7', mask: '+1 202 *** **45', trunkId: 't', plan };
const law = { fingerprint: 'f-1', standing: { zones: ['UTC'] } };
/** Who has the callee, and who is asked. */
export const ann = { agentId: 'ann', legId: 'agent:ann:1', nodeId: 'n', reservation: 3 };
export const bob = { agentId: 'bob', legId: 'agent:bob:4', nodeId: 'n', reservation: 5 };

const routing = [{ type: 'CallRequested', ...request, atMs: 1 }] as const;
const dialing = [...routing, { type: 'RouteTaken', trunkId: 't' }, { type: 'CallDialed', atMs: 2 }] as const;
const ringing = [...dialing, { type: 'CallRang', sipStatus: 180, atMs: 3 }] as const;
const answered = { type: 'CallAnswered', sipStatus: 200, atMs: 1000 } as const;
const waiting = [...ringing, answered] as const;
const assigned = [...waiting, { type: 'AgentAssigned', ...ann, consult: false, atMs: 1010 }] as const;
const talking = [...assigned, { type: 'AgentConnected', agentId: 'ann', waitedMs: 40, atMs: 1040 }] as const;
const warm = { agentId: 'ann', toAgentId: 'bob', target: '', warm: true };
const away = { agentId: 'ann', toAgentId: '', target: 'billing', warm: false };
const asking = [...talking, { type: 'HandOverRequested', ...warm, atMs: 5000 }] as const;
const joining = [...asking, { type: 'AgentAssigned', ...bob, consult: true, atMs: 5010 }] as const;
const lost = { type: 'AgentLost', agentId: 'ann', reason: 'phone', atMs: 5000, reservation: 3 } as const;
const sending = [...talking, { type: 'HandOverRequested', ...away, atMs: 5000 }] as const;
const hangup = {
  type: 'HangupRequested',
  party: 'callboard',
  by: '',
  reason: 'ended by the agent',
  atMs: 6000,
} as const;
const closing = [...talking, { type: 'CallHungUp', by: 'callee', reason: 'BYE', atMs: 7000 }] as const;
const talked = { ringMs: 998, talkMs: 6000, digits: '' };
const over = { type: 'CallEnded', outcome: 'answered', sipStatus: 200, reason: '', atMs: 7000, ...talked } as const;

/**
 * `lawful`: no route is taken without a permit. `held`: until the campaign goes on. `asking` somebody who comes
 * (`joining`) and talks (`asked`), before the callee is handed over; `sending` it out of the house, where it is (`sent`),
 * and gone before that (`passing`). `lost`: whoever talked. `ending`: asked of the network.
 */
export const states = {
  new: [],
  routing,
  lawful: [{ ...routing[0], law }],
  held: [...routing, { type: 'CallRerouted', trunkId: 't', plan, waits: true, atMs: 2 }],
  dialing,
  ringing,
  waiting,
  assigned,
  talking,
  quiet: [...talking, { type: 'CustomerHeld', atMs: 4000 }],
  asking,
  joining,
  asked: [...joining, { type: 'AgentConnected', agentId: 'bob', waitedMs: 0, atMs: 5020 }],
  sending,
  passing: [...sending, lost],
  sent: [...sending, { type: 'CallHungUp', by: 'callboard', reason: 'Transferred', atMs: 7000 }, over],
  lost: [...talking, lost],
  abandoned: [...waiting, { type: 'CallAbandoned', waitedMs: 2000, atMs: 3000 }],
  ending: [...talking, hangup],
  closing,
  ended: [...closing, over],
} as const satisfies Readonly<Record<string, readonly CallEvent[]>>;
