/** What a call that is for an agent makes of every command in every state. */
import { describe } from '@jest/globals';
import type { CallCommand } from '#proto/generated/call.ts';
import { type Rows, testStates } from '#test/state-table.ts';
import { ann, bob, call, me, request, states } from './states.fixture.ts';

const side = { address: '192.0.2.9', port: 20_000, codecs: ['PCMU'] };
const link = { agentId: 'ann', reservation: 3, linkId: 'link:c.7.1:ann:3', failure: '' };
const media = { packetsSent: 0, packetsReceived: 0, packetsLost: 0, jitterMs: 0, recording: '', recordedMs: 0 };
const handing = { agentId: 'ann', toAgentId: 'bob', target: '', warm: false };

/** What the campaign, the trunk, the law and the network say. */
const way: Pick<
  Rows<CallCommand>,
  | ('PlaceCall' | 'TakeRoute' | 'AwaitRoute' | 'TakeRefusal' | 'ReportRinging' | 'ReportAnswer' | 'ReportFailure')
  | ('ReportHangup' | 'ReportDigit' | 'ReportPromptEnd' | 'EndGather' | 'EndTalk' | 'ReportMedia' | 'HangUp')
  | ('DeclareLost' | 'DescribeCall' | 'TellContact' | 'ReportMediaLoss' | 'ReportSilence')
> = {
  PlaceCall: [
    [
      { ...request, intent: 'dial' },
      {
        'CallRequested (CallDescribed) → routing': 'new',
        '(CallDescribed)': 'rest',
        'CallRerouted (CallDescribed)': 'held',
      },
    ],
    [
      { ...request, intent: 'wait' },
      {
        'CallRequested CallRerouted (CallDescribed) → routing': 'new',
        'CallRerouted (CallDescribed)': 'routing lawful',
        '(CallDescribed)': 'rest',
      },
    ],
    [
      { ...request, intent: 'withdraw' },
      {
        'CallRequested HangupRequested CallEnded (CallDescribed) → ended': 'new',
        'HangupRequested CallEnded (CallDescribed) → ended': 'routing lawful held',
        '(CallDescribed)': 'rest',
      },
    ],
  ],
  TakeRoute: [
    [{ trunkId: 't' }, { RouteDeclined: 'rest', 'RouteTaken CallDialed → dialing': 'routing' }],
    [
      { trunkId: 't', permitted: true },
      { RouteDeclined: 'rest', 'RouteTaken CallDialed → dialing': 'routing lawful' },
    ],
    [{ trunkId: 'other', permitted: true }, { RouteDeclined: 'rest' }],
  ],
  AwaitRoute: [
    [
      { code: 'TRUNK_BUSY', retryAfterMs: 100 },
      { nothing: 'rest', RouteAwaited: 'routing lawful' },
    ],
  ],
  TakeRefusal: [[{ ruleId: 'uk.hours' }, { nothing: 'rest', 'CallRefused CallEnded → ended': 'routing lawful' }]],
  ReportRinging: [[{ sipStatus: 180 }, { nothing: 'rest', 'CallRang → ringing': 'dialing' }]],
  ReportAnswer: [[{ sipStatus: 200 }, { nothing: 'rest', 'CallAnswered → talking': 'dialing ringing' }]],
  ReportFailure: [
    [
      { outcome: 'busy', sipStatus: 486, reason: 'Busy Here' },
      { nothing: 'new routing lawful held closing ended sent', 'CallFailed → closing': 'rest' },
    ],
  ],
  ReportHangup: [
    [
      { by: 'callee', reason: 'BYE' },
      { nothing: 'new routing lawful held closing ended sent', 'CallHungUp → closing': 'rest' },
    ],
  ],
  ReportDigit: [
    [{ digit: '9' }, { nothing: 'rest', 'DigitPressed ContactOptedOut HangupRequested': 'abandoned' }],
    [{ digit: '1' }, { nothing: 'rest' }],
  ],
  ReportPromptEnd: [
    [
      { completed: true },
      {
        nothing: 'rest',
        PromptEnded: 'abandoned',
      },
    ],
  ],
  EndGather: [[{}, { nothing: 'rest', HangupRequested: 'abandoned' }]],
  EndTalk: [
    [{}, { nothing: 'new routing lawful held dialing ringing ending closing ended sent', HangupRequested: 'rest' }],
  ],
  ReportMedia: [[{ media }, { nothing: 'rest', 'CallEnded → ended': 'closing' }]],
  HangUp: [
    [
      { by: 'wang' },
      {
        '! CALL_UNKNOWN': 'new',
        'HangupRequested CallEnded → ended': 'routing lawful held',
        HangupRequested: 'rest',
        nothing: 'closing ended sent',
      },
    ],
  ],
  DeclareLost: [
    [
      {},
      {
        nothing: 'new routing lawful held ended sent',
        'CallLost CallEnded → ended': 'rest',
        'CallEnded → ended': 'closing',
      },
    ],
  ],
  DescribeCall: [[{}, { '(CallDescribed)': 'rest' }]],
  TellContact: [[{}, { nothing: 'rest', ContactToldAgain: 'held ended sent' }]],
  ReportMediaLoss: [[{}, { nothing: 'new routing lawful held ending closing ended sent', HangupRequested: 'rest' }]],
  ReportSilence: [
    [
      { silentMs: 30_000 },
      { nothing: 'new routing lawful held dialing ringing ending closing ended sent', HangupRequested: 'rest' },
    ],
  ],
};

/** What agents say. */
const agents: Omit<Rows<CallCommand>, keyof typeof way> = {
  ConnectAgent: [
    [
      { ...ann, consult: false },
      {
        AgentDeclined: 'rest',
        AgentAssigned: 'waiting lost',
        nothing: 'assigned talking quiet asking joining asked sending',
      },
    ],
    [
      { ...bob, consult: false },
      { AgentDeclined: 'rest', AgentAssigned: 'waiting lost', nothing: 'joining asked' },
    ],
    [
      { ...bob, consult: true },
      { AgentDeclined: 'rest', AgentAssigned: 'asking', nothing: 'joining asked' },
    ],
  ],
  ReportBridge: [
    [
      { agentId: 'ann', failure: '' },
      { nothing: 'rest', AgentConnected: 'assigned' },
    ],
    [
      { agentId: 'bob', failure: '' },
      { nothing: 'rest', AgentConnected: 'joining' },
    ],
    [
      { agentId: 'ann', failure: 'MEDIA_UNAVAILABLE' },
      { nothing: 'rest', AgentLost: 'assigned' },
    ],
    [
      { agentId: 'bob', failure: 'MEDIA_UNAVAILABLE' },
      { nothing: 'rest', HandOverEnded: 'joining' },
    ],
  ],
  ReportLink: [
    [
      { ...link, side },
      { nothing: 'rest', AgentLinked: 'assigned' },
    ],
    [link, { nothing: 'rest', AgentLost: 'assigned' }],
    [{ ...link, reservation: 9, side }, { nothing: 'rest' }],
  ],
  GiveUpWaiting: [
    [{ wait: 1 }, { nothing: 'rest', CallAbandoned: 'waiting' }],
    [
      { wait: 1, connecting: true },
      { nothing: 'rest', CallAbandoned: 'waiting', 'CallAbandoned AgentLost': 'assigned' },
    ],
    [{ wait: 2 }, { nothing: 'rest', HangupRequested: 'lost' }],
  ],
  ReportAgentGone: [
    [
      { agentId: 'ann', reason: 'phone', reservation: 3 },
      {
        AgentDeclined: 'rest',
        AgentLost: 'assigned talking quiet sending',
        'AgentLost HandOverEnded': 'asking joining asked',
      },
    ],
    [
      { agentId: 'ann', reason: 'phone', reservation: 0 },
      {
        AgentDeclined: 'rest',
        AgentLost: 'assigned talking quiet sending',
        'AgentLost HandOverEnded': 'asking joining asked',
      },
    ],
    [{ agentId: 'ann', reason: 'old news', reservation: 2 }, { AgentDeclined: 'rest' }],
    [
      { agentId: 'bob', reason: 'phone', reservation: 0 },
      { AgentDeclined: 'rest', HandOverEnded: 'asking joining asked' },
    ],
  ],
  HoldCustomer: [
    [
      { agentId: 'ann', held: true },
      { nothing: 'rest', AgentDeclined: 'closing ended sent', CustomerHeld: 'talking' },
    ],
    [
      { agentId: 'ann', held: false },
      { nothing: 'rest', AgentDeclined: 'closing ended sent', CustomerRetrieved: 'quiet' },
    ],
    [
      { agentId: 'bob', held: true },
      { nothing: 'rest', AgentDeclined: 'closing ended sent' },
    ],
  ],
  HandOver: [
    [handing, { nothing: 'rest', AgentDeclined: 'closing ended sent', HandOverRequested: 'talking quiet' }],
    [
      { ...handing, toAgentId: '' },
      {
        nothing: 'rest',
        AgentDeclined: 'closing ended sent',
        'HandOverRequested AgentLeft HandOverEnded': 'talking quiet',
      },
    ],
    [
      { ...handing, warm: true },
      { nothing: 'rest', AgentDeclined: 'closing ended sent', HandOverRequested: 'talking quiet' },
    ],
    [
      { ...handing, toAgentId: '', target: 'billing' },
      { nothing: 'rest', AgentDeclined: 'closing ended sent', HandOverRequested: 'talking quiet' },
    ],
    [
      { ...handing, agentId: 'bob' },
      { nothing: 'rest', AgentDeclined: 'closing ended sent' },
    ],
  ],
  FinishHandOver: [
    [
      { agentId: 'ann', completed: true },
      {
        nothing: 'rest',
        AgentDeclined: 'closing ended sent',
        HandOverEnded: 'asking joining',
        'AgentLeft HandOverEnded': 'asked',
      },
    ],
    [
      { agentId: 'ann', completed: false },
      { nothing: 'rest', AgentDeclined: 'closing ended sent', HandOverEnded: 'asking joining asked' },
    ],
    [
      { agentId: 'bob', completed: true },
      { nothing: 'rest', AgentDeclined: 'closing ended sent' },
    ],
  ],
  ReportTransfer: [
    [{ failure: '' }, { nothing: 'rest', 'AgentLeft HandOverEnded': 'sending', HandOverEnded: 'passing sent' }],
    [{ failure: 'TRANSFER_REFUSED' }, { nothing: 'rest', HandOverEnded: 'sending passing' }],
  ],
  ReportOptOut: [[{ agentId: 'ann' }, { nothing: 'new routing lawful held dialing ringing', ContactOptedOut: 'rest' }]],
  EndByAgent: [
    [
      { agentId: 'ann' },
      {
        nothing: 'rest',
        AgentDeclined: 'closing ended sent',
        HangupRequested: 'talking quiet asking joining asked sending',
      },
    ],
    [{ agentId: 'bob' }, { nothing: 'rest', AgentDeclined: 'closing ended sent' }],
  ],
};

describe('a call, in whichever state it is', () => {
  testStates(call, states, me, way);
  testStates(call, states, me, agents);
});
