/** An agent in each of its states, by what has happened to it. */
import { type AgentEvent, agentProtocol, type WrapUp } from '#proto/generated/agent.ts';
import { decide } from './decide.ts';
import { isWakeful, react, resume } from './react.ts';
import { evolve, initial } from './state.ts';

export const agent = { protocol: agentProtocol, initial, decide, evolve, react, resume, isWakeful };
export const legId = 'agent:ann:1';
export const me = { actorId: 'ann', nowMs: 1000 };

export const profile = {
  phoneUri: 'sip:ann@127.0.0.1:5090',
  skills: [{ name: 'loans', level: 3 }],
  languages: ['en'],
  campaigns: ['c', 'd'],
};
/** Anything may be said of a talk, and nothing has to be. */
export const wrapUp: WrapUp = { dispositions: [], required: false, longestMs: 500, defaultDisposition: '' };
/** Something must be said, and one word is allowed. */
export const strict: WrapUp = { ...wrapUp, dispositions: ['sale'], required: true };
export const offer = {
  ...{ callId: 'c.1.1', campaignId: 'c', contactId: 'p-1', mask: '+1 202 *** **45' },
  ...{ longestMs: 300, dialsInTheEnd: true, wrapUp },
};

const call = { callId: 'c.1.1', campaignId: 'c' };
const configured = [{ type: 'AgentConfigured', profile }] as const;
const signingIn = [...configured, { type: 'SignInRequested', shift: 1, legId, atMs: 1 }] as const;
const ready = [
  ...signingIn,
  { type: 'PhoneAnswered', legId, nodeId: 'n', atMs: 2 },
  { type: 'AgentBecameReady', atMs: 2 },
] as const;
const reservedFor = (how: { wrapUp?: WrapUp; consult?: boolean }, reservation = 1) =>
  ({ type: 'AgentReserved', ...call, wrapUp, consult: false, reservation, atMs: 10, ...how }) as const;
const connected = { type: 'AgentConnected', callId: 'c.1.1', atMs: 20 } as const;
const talking = [...ready, reservedFor({}), connected] as const;
const ended = { type: 'TalkEnded', callId: 'c.1.1', talkMs: 80, atMs: 100 } as const;
const owing = [...ready, reservedFor({ wrapUp: strict }), connected, ended] as const;
const previewing = [...ready, { type: 'PreviewOffered', ...offer, atMs: 5 }] as const;

/**
 * `unknown`: nobody has configured it. `promised`: the contact that it has accepted. `handing`: over, with a word before.
 * `leaving`: after the call. `asked`, `consulted`: by who has the customer. `owing`: a disposition, which is `said` then.
 */
export const states = {
  unknown: [],
  offline: configured,
  'signing-in': signingIn,
  ready,
  previewing,
  promised: [...previewing, { type: 'PreviewAnswered', ...call, accepted: true, timed: false, atMs: 8 }],
  reserved: [...ready, reservedFor({})],
  talking,
  holding: [...talking, { type: 'CallHeld', callId: 'c.1.1', atMs: 30 }],
  handing: [
    ...talking,
    { type: 'TransferRequested', callId: 'c.1.1', agentId: 'bob', target: '', warm: true, atMs: 30 },
  ],
  leaving: [...talking, { type: 'SignOutRequested' }],
  asked: [...ready, reservedFor({ consult: true })],
  consulted: [...ready, reservedFor({ consult: true }), connected],
  wrapping: [...talking, ended],
  owing,
  said: [...owing, { type: 'CallDisposed', ...call, disposition: 'sale', byDefault: false, atMs: 110 }],
  break: [...ready, { type: 'BreakBegan', reason: 'lunch', atMs: 5 }],
  monitoring: [...ready, { type: 'MonitoringBegan', agentId: 'bob', mode: 'listen', atMs: 5 }],
} as const satisfies Readonly<Record<string, readonly AgentEvent[]>>;
