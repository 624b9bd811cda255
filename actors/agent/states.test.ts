/** What an agent makes of every command in every state. */
import { describe } from '@jest/globals';
import type { AgentCommand } from '#proto/generated/agent.ts';
import { type Rows, testStates } from '#test/state-table.ts';
import { agent, legId, me, offer, profile, states, strict, wrapUp } from './states.fixture.ts';

const side = { address: '192.0.2.9', port: 20_000, codecs: ['PCMU'], dtmfPayloadType: 101 };
const ours = { callId: 'c.1.1', reservation: 1 };

/** Every command there is. */
const rows: Rows<AgentCommand> = {
  DescribeAgent: [[{}, { '(AgentDescribed)': 'rest' }]],
  ConfigureAgent: [
    [{ profile }, { AgentConfigured: 'unknown', nothing: 'rest' }],
    [{ profile: { ...profile, languages: [] } }, { AgentConfigured: 'rest' }],
    [{ profile: { ...profile, phoneUri: 'tel:1' } }, { '! AGENT_SETTINGS': 'rest' }],
  ],
  SignIn: [[{}, { '! AGENT_UNKNOWN': 'unknown', 'SignInRequested → signing-in': 'offline', nothing: 'rest' }]],
  SignOut: [
    [
      {},
      {
        nothing: 'unknown offline leaving',
        'SignedOut → offline': 'rest',
        'PreviewDeclined SignedOut → offline': 'previewing',
        'MonitoringEnded SignedOut → offline': 'monitoring',
        SignOutRequested: 'promised reserved talking holding handing asked consulted',
      },
    ],
  ],
  BecomeReady: [
    [
      {},
      {
        '! AGENT_NOT_READY': 'rest',
        nothing: 'ready',
        'AgentBecameReady → ready': 'wrapping said break',
        '! DISPOSITION_MISSING': 'owing',
        'MonitoringEnded AgentBecameReady → ready': 'monitoring',
      },
    ],
  ],
  TakeBreak: [
    [
      { reason: 'tea' },
      {
        '! AGENT_NOT_READY': 'unknown offline signing-in',
        'BreakBegan → break': 'ready wrapping said',
        'PreviewDeclined BreakBegan → break': 'previewing',
        BreakRequested: 'rest',
        '! DISPOSITION_MISSING': 'owing',
        BreakBegan: 'break',
        'MonitoringEnded BreakBegan → break': 'monitoring',
      },
    ],
  ],
  ReportPhoneAnswer: [
    [
      { legId, nodeId: 'n' },
      { nothing: 'rest', 'PhoneAnswered AgentBecameReady → ready': 'signing-in' },
    ],
    [{ legId: 'agent:ann:0', nodeId: 'n' }, { nothing: 'rest' }],
  ],
  ReportPhoneGone: [
    [
      { legId, reason: 'it hung up' },
      {
        nothing: 'unknown offline',
        'SignedOut → offline': 'rest',
        'PreviewDeclined SignedOut → offline': 'previewing',
        'MonitoringEnded SignedOut → offline': 'monitoring',
        'TalkEnded SignedOut → offline': 'talking holding handing leaving consulted',
      },
    ],
    [{ legId: 'agent:ann:0', reason: 'it hung up' }, { nothing: 'rest' }],
  ],
  ReserveAgent: [
    [
      { callId: 'c.1.1', campaignId: 'c', wrapUp },
      {
        '! AGENT_NOT_READY': 'rest',
        'AgentReserved → reserved': 'ready consulted',
        AgentReserved: 'promised asked',
        nothing: 'reserved talking holding handing leaving',
      },
    ],
    [
      { callId: 'c.1.1', campaignId: 'c', wrapUp, consult: true },
      {
        '! AGENT_NOT_READY': 'rest',
        'AgentReserved → reserved': 'ready',
        AgentReserved: 'promised',
        nothing: 'reserved talking holding handing leaving asked consulted',
      },
    ],
    [
      { callId: 'd.9.1', campaignId: 'd', wrapUp: strict },
      { '! AGENT_NOT_READY': 'rest', 'AgentReserved → reserved': 'ready' },
    ],
  ],
  ReleaseAgent: [
    [
      { ...ours, reason: 'too late' },
      {
        nothing: 'rest',
        'PreviewAnswered AgentBecameReady → ready': 'previewing',
        'ReservationEnded → ready': 'promised reserved asked',
      },
    ],
    [
      { ...ours, reservation: 0, reason: 'not dialed' },
      {
        nothing: 'rest',
        'PreviewAnswered AgentBecameReady → ready': 'previewing',
        'ReservationEnded → ready': 'promised reserved asked',
      },
    ],
    [{ ...ours, callId: 'd.9.1', reason: 'too late' }, { nothing: 'rest' }],
  ],
  ReportConnected: [
    [
      ours,
      {
        ConnectionRefused: 'rest',
        'AgentConnected → talking': 'promised reserved asked',
        nothing: 'talking leaving consulted',
        'CallRetrieved → talking': 'holding',
        TransferCanceled: 'handing',
      },
    ],
    [{ ...ours, reservation: 9 }, { ConnectionRefused: 'rest' }],
  ],
  ReportCallOver: [
    [
      ours,
      {
        nothing: 'rest',
        'ReservationEnded → ready': 'promised reserved asked',
        'TalkEnded → wrapping': 'talking holding handing leaving',
        'TalkEnded AgentBecameReady → ready': 'consulted',
      },
    ],
    [
      { ...ours, reservation: 0 },
      {
        nothing: 'rest',
        'ReservationEnded → ready': 'promised reserved asked',
        'TalkEnded → wrapping': 'talking holding handing leaving',
        'TalkEnded AgentBecameReady → ready': 'consulted',
      },
    ],
    [{ ...ours, reservation: 9 }, { nothing: 'rest' }],
    [{ ...ours, callId: 'd.9.1' }, { nothing: 'rest' }],
  ],
  EndReservation: [
    [{ callId: 'c.1.1' }, { nothing: 'rest', ReservationDoubted: 'promised reserved asked' }],
    [{ callId: 'd.9.1' }, { nothing: 'rest' }],
  ],
  EndWrapUp: [
    [{ callId: 'c.1.1' }, { nothing: 'rest', 'AgentBecameReady → ready': 'wrapping said' }],
    [{ callId: 'd.9.1' }, { nothing: 'rest' }],
  ],
  HoldCall: [[{}, { '! AGENT_NO_CALL': 'rest', 'CallHeld → holding': 'talking leaving', nothing: 'holding handing' }]],
  RetrieveCall: [
    [
      {},
      {
        '! AGENT_NO_CALL': 'rest',
        nothing: 'talking handing leaving consulted',
        'CallRetrieved → talking': 'holding',
      },
    ],
  ],
  MuteMicrophone: [
    [{ muted: true }, { '! AGENT_NO_CALL': 'rest', MicrophoneMuted: 'talking holding handing leaving consulted' }],
    [{ muted: false }, { nothing: 'rest' }],
  ],
  EndCall: [[{}, { '! AGENT_NO_CALL': 'rest', CallEndRequested: 'talking holding handing leaving consulted' }]],
  TransferCall: [
    [
      { agentId: 'bob', target: '', warm: true },
      {
        '! AGENT_NO_CALL': 'rest',
        TransferRequested: 'talking leaving',
        'TransferRequested → talking': 'holding',
        '! AGENT_NOT_READY': 'handing',
      },
    ],
    [
      { agentId: '', target: 'billing', warm: false },
      {
        '! AGENT_NO_CALL': 'rest',
        TransferRequested: 'talking leaving',
        'TransferRequested → talking': 'holding',
        '! AGENT_NOT_READY': 'handing',
      },
    ],
    [
      { agentId: 'ann', target: '', warm: false },
      { '! AGENT_NO_CALL': 'rest', '! TRANSFER_TARGET': 'talking holding leaving', '! AGENT_NOT_READY': 'handing' },
    ],
  ],
  CompleteTransfer: [[{}, { '! AGENT_NO_CALL': 'rest', TransferCompleted: 'handing' }]],
  CancelTransfer: [
    [{}, { '! AGENT_NO_CALL': 'rest', nothing: 'talking holding leaving', TransferCanceled: 'handing' }],
  ],
  DisposeCall: [
    [
      { disposition: 'sale' },
      {
        '! AGENT_NO_CALL': 'rest',
        CallDisposed: 'talking holding handing leaving',
        'CallDisposed AgentBecameReady → ready': 'wrapping owing',
        nothing: 'said',
      },
    ],
    [
      { disposition: 'maybe' },
      {
        '! AGENT_NO_CALL': 'rest',
        CallDisposed: 'talking holding handing leaving',
        'CallDisposed AgentBecameReady → ready': 'wrapping',
        '! DISPOSITION_UNKNOWN': 'owing',
        nothing: 'said',
      },
    ],
  ],
  NoteCall: [
    [
      { callId: 'c.1.1', contactId: 'p-1', noteId: 'n-1' },
      { '! AGENT_NO_CALL': 'rest', CallNoted: 'talking holding handing leaving consulted wrapping said owing' },
    ],
    [{ callId: 'd.9.1', contactId: 'p-1', noteId: 'n-1' }, { '! AGENT_NO_CALL': 'rest' }],
  ],
  OptOutCustomer: [
    [
      {},
      { '! AGENT_NO_CALL': 'rest', CustomerOptedOut: 'talking holding handing leaving consulted wrapping said owing' },
    ],
  ],
  StartMonitoring: [
    [
      { agentId: 'bob', mode: 'whisper' },
      { '! AGENT_NOT_READY': 'rest', 'MonitoringBegan → monitoring': 'ready break', MonitoringBegan: 'monitoring' },
    ],
    [
      { agentId: 'ann', mode: 'whisper' },
      { '! AGENT_NOT_READY': 'rest', '! AGENT_SETTINGS': 'ready break monitoring' },
    ],
  ],
  StopMonitoring: [[{}, { nothing: 'rest', 'MonitoringEnded → break': 'monitoring' }]],
  ReportMonitorFailure: [
    [
      { agentId: 'bob', reason: 'no phone', linkId: '' },
      { nothing: 'rest', 'MonitoringEnded → break': 'monitoring' },
    ],
  ],
  AttendPhone: [
    [
      { supervisorId: 'boss', linkId: 'attend:agent:boss:1:9', mode: 'listen', side },
      { PhoneAttended: 'rest', '! AGENT_NOT_READY': 'unknown offline signing-in' },
    ],
  ],
  LeavePhone: [[{ supervisorId: 'boss', linkId: 'attend:agent:boss:1:9' }, { nothing: 'rest' }]],
  ReportPhoneAttended: [
    [
      { agentId: 'bob', linkId: 'attend:agent:ann:1:5', side },
      { '! AGENT_NO_CALL': 'rest', MonitorLinked: 'monitoring' },
    ],
    [{ agentId: 'bob', linkId: 'attend:agent:ann:1:1', side }, { '! AGENT_NO_CALL': 'rest' }],
  ],
  OfferPreview: [
    [offer, { PreviewDeclined: 'rest', 'PreviewOffered → previewing': 'ready', nothing: 'previewing' }],
    [
      { ...offer, callId: 'd.9.1', campaignId: 'd' },
      { PreviewDeclined: 'rest', 'PreviewOffered → previewing': 'ready' },
    ],
  ],
  AnswerPreview: [
    [{ accepted: true }, { '! AGENT_NO_CALL': 'rest', 'PreviewAnswered → reserved': 'previewing' }],
    [{ accepted: false }, { '! AGENT_NO_CALL': 'rest', 'PreviewAnswered AgentBecameReady → ready': 'previewing' }],
  ],
  EndPreview: [
    [{ callId: 'c.1.1' }, { nothing: 'rest', 'PreviewAnswered → reserved': 'previewing' }],
    [{ callId: 'd.9.1' }, { nothing: 'rest' }],
  ],
  RequestLead: [[{ campaignId: 'c' }, { '! AGENT_NOT_READY': 'rest', LeadRequested: 'ready' }]],
  EndTurn: [
    [{ campaignId: 'c' }, { nothing: 'rest', ReleaseAsked: 'ready' }],
    [{ campaignId: 'd' }, { nothing: 'rest' }],
  ],
  PassTurn: [
    [{ campaignId: 'c' }, { nothing: 'rest', TurnPassed: 'ready' }],
    [{ campaignId: 'd' }, { nothing: 'rest' }],
  ],
  LinkPhone: [
    [
      { ...ours, linkId: 'link:c.1.1:ann:1', side },
      {
        '! AGENT_NO_CALL': 'rest',
        PhoneLinkRequested: 'promised reserved talking holding handing leaving asked consulted',
      },
    ],
  ],
};

describe('an agent, in whichever state it is', () => {
  testStates(agent, states, me, rows);
});
