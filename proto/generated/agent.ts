// Generated from proto/agent.proto by npm run proto. Do not edit.
import { type Codec, codec, type Protocol } from '#proto/codec.ts';
import type { RtpSide } from './media.ts';

export type AgentCommand =
  | ({ readonly type: 'ConfigureAgent' } & ConfigureAgent)
  | ({ readonly type: 'SignIn' } & SignIn)
  | ({ readonly type: 'SignOut' } & SignOut)
  | ({ readonly type: 'BecomeReady' } & BecomeReady)
  | ({ readonly type: 'TakeBreak' } & TakeBreak)
  | ({ readonly type: 'ReportPhoneAnswer' } & ReportPhoneAnswer)
  | ({ readonly type: 'ReportPhoneGone' } & ReportPhoneGone)
  | ({ readonly type: 'ReserveAgent' } & ReserveAgent)
  | ({ readonly type: 'ReleaseAgent' } & ReleaseAgent)
  | ({ readonly type: 'ReportConnected' } & ReportConnected)
  | ({ readonly type: 'ReportCallOver' } & ReportCallOver)
  | ({ readonly type: 'EndReservation' } & EndReservation)
  | ({ readonly type: 'EndWrapUp' } & EndWrapUp)
  | ({ readonly type: 'HoldCall' } & HoldCall)
  | ({ readonly type: 'RetrieveCall' } & RetrieveCall)
  | ({ readonly type: 'MuteMicrophone' } & MuteMicrophone)
  | ({ readonly type: 'EndCall' } & EndCall)
  | ({ readonly type: 'TransferCall' } & TransferCall)
  | ({ readonly type: 'CompleteTransfer' } & CompleteTransfer)
  | ({ readonly type: 'CancelTransfer' } & CancelTransfer)
  | ({ readonly type: 'DisposeCall' } & DisposeCall)
  | ({ readonly type: 'StartMonitoring' } & StartMonitoring)
  | ({ readonly type: 'StopMonitoring' } & StopMonitoring)
  | ({ readonly type: 'ReportMonitorFailure' } & ReportMonitorFailure)
  | ({ readonly type: 'OfferPreview' } & OfferPreview)
  | ({ readonly type: 'AnswerPreview' } & AnswerPreview)
  | ({ readonly type: 'EndPreview' } & EndPreview)
  | ({ readonly type: 'RequestLead' } & RequestLead)
  | ({ readonly type: 'DescribeAgent' } & DescribeAgent)
  | ({ readonly type: 'LinkPhone' } & LinkPhone)
  | ({ readonly type: 'NoteCall' } & NoteCall)
  | ({ readonly type: 'OptOutCustomer' } & OptOutCustomer)
  | ({ readonly type: 'EndTurn' } & EndTurn)
  | ({ readonly type: 'PassTurn' } & PassTurn)
  | ({ readonly type: 'AttendPhone' } & AttendPhone)
  | ({ readonly type: 'LeavePhone' } & LeavePhone)
  | ({ readonly type: 'ReportPhoneAttended' } & ReportPhoneAttended);

/** Who the agent is to the router. The same profile twice changes nothing. */
export interface AgentProfile {
  /** Where the phone is: sip:NAME@HOST[:PORT]. A telephone number is no address here: it would be a person's. */
  readonly phoneUri: string;
  readonly skills: readonly Skill[];
  /** BCP 47 tags. */
  readonly languages: readonly string[];
  /** The campaigns that the agent works for. */
  readonly campaigns: readonly string[];
}

/** What somebody can do, or must be able to. */
export interface Skill {
  readonly name: string;
  /** 1 or more; more is better. */
  readonly level: number;
}

export interface ConfigureAgent {
  readonly profile: AgentProfile;
}

/** Begins a shift: the phone is dialed and its leg is held until the end of it. */
export interface SignIn {
  /** Name of the operator; absent: the agent. */
  readonly by?: string;
}

/** Ends the shift; after the call where there is one. */
export interface SignOut {
  /** Name of the operator; absent: the agent. */
  readonly by?: string;
}

/** From a break or from wrapping up. */
export interface BecomeReady {
  /** Name of the operator; absent: the agent. */
  readonly by?: string;
}

/** No calls until further notice; after the call where there is one. */
export interface TakeBreak {
  /** A word such as lunch. */
  readonly reason: string;
  /** Name of the operator; absent: the agent. */
  readonly by?: string;
}

/** The phone was answered: its leg is held. */
export interface ReportPhoneAnswer {
  /** Id of the leg. */
  readonly legId: string;
  /** The node that holds it. */
  readonly nodeId: string;
}

/** The phone did not answer, hung up, or is lost with the node that held it. */
export interface ReportPhoneGone {
  readonly legId: string;
  readonly reason: string;
}

/** A campaign wants the agent for a call that was answered. Whoever is not ready refuses: the agent decides, nobody else. */
export interface ReserveAgent {
  readonly callId: string;
  readonly campaignId: string;
  readonly wrapUp: WrapUp;
  /** Talks to the agent who has the customer first, who then hands the customer over. */
  readonly consult?: boolean;
}

/** What is to be done after a call, as its campaign has it. */
export interface WrapUp {
  /** What became of the talk, as paths in a tree such as sale/new; empty: anything may be said. */
  readonly dispositions: readonly string[];
  /** Whether the agent must name one before the next call. */
  readonly required: boolean;
  /** The wrap-up ends by itself after this long, unless a disposition is required and missing; 0: never. */
  readonly longestMs: number;
  /** Named for an agent who named none in time; empty: none is. */
  readonly defaultDisposition: string;
}

/** The call that the agent was reserved for went away before they were connected. */
export interface ReleaseAgent {
  readonly callId: string;
  readonly reason: string;
  /** Which of the agent's reservations; 0: whichever there is. */
  readonly reservation: number;
}

/** The call and the agent hear each other. */
export interface ReportConnected {
  readonly callId: string;
  readonly reservation: number;
}

/** The agent is out of the call: it has ended, or was handed over. */
export interface ReportCallOver {
  readonly callId: string;
  /** Which of the agent's reservations; 0: whichever there is. */
  readonly reservation: number;
}

/** Sent by a timer: the call never said that they were connected. */
export interface EndReservation {
  readonly callId: string;
}

/** Sent by a timer: the wrap-up has lasted as long as it may. */
export interface EndWrapUp {
  readonly callId: string;
}

/** The customer hears the hold music, the agent nothing. */
export interface HoldCall {
  /** Name of the operator; absent: the agent. */
  readonly by?: string;
}

export interface RetrieveCall {
  /** Name of the operator; absent: the agent. */
  readonly by?: string;
}

/** The customer hears the agent no more, or again. */
export interface MuteMicrophone {
  readonly muted: boolean;
  /** Name of the operator; absent: the agent. */
  readonly by?: string;
}

/** The agent hangs up on the customer. */
export interface EndCall {
  /** Name of the operator; absent: the agent. */
  readonly by?: string;
}

/** Hands the customer over. */
export interface TransferCall {
  /** To another agent; empty: to nobody in particular. */
  readonly agentId: string;
  /** Out of the house, to a target that the campaign's settings name; empty: to an agent. */
  readonly target: string;
  /** Talk to that agent first, while the customer waits: then complete or cancel. */
  readonly warm: boolean;
  /** Name of the operator; absent: the agent. */
  readonly by?: string;
}

/** Ends a warm transfer: the customer goes to the other agent. */
export interface CompleteTransfer {
  /** Name of the operator; absent: the agent. */
  readonly by?: string;
}

/** Ends a warm transfer: the customer stays. */
export interface CancelTransfer {
  /** Name of the operator; absent: the agent. */
  readonly by?: string;
}

/** What became of the talk. */
export interface DisposeCall {
  /** A path in the campaign's tree. */
  readonly disposition: string;
  /** When the customer wants to be called again. */
  readonly callbackAtMs?: number;
  /** The callback is for this agent. */
  readonly callbackToMe?: boolean;
  /** Name of the operator; absent: the agent. */
  readonly by?: string;
}

/** Something was written about the call that the agent has, or had last. The text is in the vault and nowhere else. */
export interface NoteCall {
  readonly callId: string;
  /** Whom the call is to. */
  readonly contactId: string;
  /** The vault's id of the note: told again, it is the same note. */
  readonly noteId: string;
  /** Name of the operator; absent: the agent. */
  readonly by?: string;
}

/** The customer of the call that the agent has, or had last, wants no more calls. */
export interface OptOutCustomer {
  /** Name of the operator; absent: the agent. */
  readonly by?: string;
}

/** A supervisor, who is an agent with a phone, attends the calls of another. */
export interface StartMonitoring {
  readonly agentId: string;
  readonly mode: MonitorMode;
  /** Name of the operator; absent: the agent. */
  readonly by?: string;
}

/** Who hears a supervisor. */
export type MonitorMode =
  | 'unspecified'
  /** Nobody. */
  | 'listen'
  /** The agent. */
  | 'whisper'
  /** The agent and the customer. */
  | 'join';

export interface StopMonitoring {
  /** Name of the operator; absent: the agent. */
  readonly by?: string;
}

/** There is nothing to attend, or no longer. */
export interface ReportMonitorFailure {
  readonly agentId: string;
  readonly reason: string;
  /** Which link; empty: whichever there is. */
  readonly linkId: string;
}

/** Whom the campaign would dial next: the agent sees the contact before anybody is called. */
export interface OfferPreview {
  readonly callId: string;
  readonly campaignId: string;
  readonly contactId: string;
  /** The number as people may see it. */
  readonly mask: string;
  /** How long the agent may look; 0: as long as they like. */
  readonly longestMs: number;
  /** Whether it is dialed when the time is over. */
  readonly dialsInTheEnd: boolean;
  readonly wrapUp: WrapUp;
}

export interface AnswerPreview {
  readonly accepted: boolean;
  /** Name of the operator; absent: the agent. */
  readonly by?: string;
}

/** Sent by a timer: the agent has looked for as long as they may. */
export interface EndPreview {
  readonly callId: string;
}

/** Click to dial: the campaign's next lead is dialed for this agent. */
export interface RequestLead {
  readonly campaignId: string;
  /** Name of the operator; absent: the agent. */
  readonly by?: string;
}

/** The call is on another node: a leg beside the phone is to lead to the call's own. */
export interface LinkPhone {
  readonly callId: string;
  readonly reservation: number;
  /** Id of the leg, the same on both nodes. */
  readonly linkId: string;
  /** The call's end of it. */
  readonly side: RtpSide;
}

/** A supervisor whose phone is on another node attends the phone: a leg here is to lead to one there. */
export interface AttendPhone {
  readonly supervisorId: string;
  /** The same again: another mode. */
  readonly linkId: string;
  readonly mode: MonitorMode;
  /** The supervisor's end of it. */
  readonly side: RtpSide;
}

/** The supervisor attends the phone no more. */
export interface LeavePhone {
  readonly supervisorId: string;
  readonly linkId: string;
}

/** The other end of the supervisor's link is there. */
export interface ReportPhoneAttended {
  readonly agentId: string;
  readonly linkId: string;
  readonly side: RtpSide;
}

/** Asks for the agent's state. Journals nothing. */
export interface DescribeAgent {}

/** Sent by a timer: does the campaign that believes the agent to be ready still need it? */
export interface EndTurn {
  readonly campaignId: string;
}

/** The campaign has no use for the agent now: another one may dial for it. */
export interface PassTurn {
  readonly campaignId: string;
}

export type AgentEvent =
  | ({ readonly type: 'AgentConfigured' } & AgentConfigured)
  | ({ readonly type: 'SignInRequested' } & SignInRequested)
  | ({ readonly type: 'PhoneAnswered' } & PhoneAnswered)
  | ({ readonly type: 'AgentBecameReady' } & AgentBecameReady)
  | ({ readonly type: 'BreakBegan' } & BreakBegan)
  | ({ readonly type: 'BreakRequested' } & BreakRequested)
  | ({ readonly type: 'SignOutRequested' } & SignOutRequested)
  | ({ readonly type: 'SignedOut' } & SignedOut)
  | ({ readonly type: 'AgentReserved' } & AgentReserved)
  | ({ readonly type: 'ReservationEnded' } & ReservationEnded)
  | ({ readonly type: 'AgentConnected' } & AgentConnected)
  | ({ readonly type: 'ConnectionRefused' } & ConnectionRefused)
  | ({ readonly type: 'CallHeld' } & CallHeld)
  | ({ readonly type: 'CallRetrieved' } & CallRetrieved)
  | ({ readonly type: 'MicrophoneMuted' } & MicrophoneMuted)
  | ({ readonly type: 'CallEndRequested' } & CallEndRequested)
  | ({ readonly type: 'TransferRequested' } & TransferRequested)
  | ({ readonly type: 'TransferCompleted' } & TransferCompleted)
  | ({ readonly type: 'TransferCanceled' } & TransferCanceled)
  | ({ readonly type: 'TalkEnded' } & TalkEnded)
  | ({ readonly type: 'CallDisposed' } & CallDisposed)
  | ({ readonly type: 'MonitoringBegan' } & MonitoringBegan)
  | ({ readonly type: 'MonitoringEnded' } & MonitoringEnded)
  | ({ readonly type: 'PreviewOffered' } & PreviewOffered)
  | ({ readonly type: 'PreviewDeclined' } & PreviewDeclined)
  | ({ readonly type: 'PreviewAnswered' } & PreviewAnswered)
  | ({ readonly type: 'LeadRequested' } & LeadRequested)
  | ({ readonly type: 'ReservationDoubted' } & ReservationDoubted)
  | ({ readonly type: 'PhoneLinkRequested' } & PhoneLinkRequested)
  | ({ readonly type: 'CallNoted' } & CallNoted)
  | ({ readonly type: 'CustomerOptedOut' } & CustomerOptedOut)
  | ({ readonly type: 'ReleaseAsked' } & ReleaseAsked)
  | ({ readonly type: 'TurnPassed' } & TurnPassed)
  | ({ readonly type: 'PhoneAttended' } & PhoneAttended)
  | ({ readonly type: 'PhoneLeft' } & PhoneLeft)
  | ({ readonly type: 'MonitorLinked' } & MonitorLinked);

/** The campaign whose turn it is was asked whether another one may dial for the agent. */
export interface ReleaseAsked {
  readonly campaignId: string;
  readonly atMs: number;
}

/** It is this campaign's turn now. */
export interface TurnPassed {
  readonly campaignId: string;
  readonly atMs: number;
}

export interface AgentConfigured {
  readonly profile: AgentProfile;
}

/** The phone is being dialed. */
export interface SignInRequested {
  /** Counted from 1; each has a leg of its own. */
  readonly shift: number;
  readonly legId: string;
  readonly atMs: number;
  /** Name of the operator who wanted it; absent: nobody but the agent did. */
  readonly by?: string;
}

export interface PhoneAnswered {
  readonly legId: string;
  readonly nodeId: string;
  readonly atMs: number;
}

export interface AgentBecameReady {
  readonly atMs: number;
  /** Name of the operator who wanted it; absent: nobody but the agent did. */
  readonly by?: string;
}

export interface BreakBegan {
  readonly reason: string;
  readonly atMs: number;
  /** Name of the operator who wanted it; absent: nobody but the agent did. */
  readonly by?: string;
}

/** The break begins when the call is over. */
export interface BreakRequested {
  readonly reason: string;
  /** Name of the operator who wanted it; absent: nobody but the agent did. */
  readonly by?: string;
}

/** The shift ends when the call is over. */
export interface SignOutRequested {
  /** Name of the operator who wanted it; absent: nobody but the agent did. */
  readonly by?: string;
}

export interface SignedOut {
  readonly legId: string;
  /** Empty where the agent wanted it. */
  readonly reason: string;
  /** The call that the phone was lost in; empty: none. */
  readonly callId: string;
  readonly atMs: number;
  /** Name of the operator who wanted it; absent: nobody but the agent did. */
  readonly by?: string;
}

export interface AgentReserved {
  readonly callId: string;
  readonly campaignId: string;
  readonly wrapUp: WrapUp;
  readonly consult: boolean;
  readonly atMs: number;
  /** Counted from 1: what is said of an earlier one has no effect. */
  readonly reservation: number;
}

export interface ReservationEnded {
  readonly callId: string;
  readonly campaignId: string;
  readonly reason: string;
  readonly atMs: number;
}

/** The call was silent for long: it is asked to let go of the agent, who is its own until it has. */
export interface ReservationDoubted {
  readonly callId: string;
  readonly reservation: number;
  readonly atMs: number;
}

export interface AgentConnected {
  readonly callId: string;
  readonly atMs: number;
}

/** A call claims the agent, who is not reserved for it any more. */
export interface ConnectionRefused {
  readonly callId: string;
  readonly atMs: number;
  readonly reservation: number;
}

export interface CallHeld {
  readonly callId: string;
  readonly atMs: number;
  /** Name of the operator who wanted it; absent: nobody but the agent did. */
  readonly by?: string;
}

export interface CallRetrieved {
  readonly callId: string;
  readonly atMs: number;
  /** Name of the operator who wanted it; absent: nobody but the agent did. */
  readonly by?: string;
}

export interface MicrophoneMuted {
  readonly muted: boolean;
  readonly atMs: number;
  /** Name of the operator who wanted it; absent: nobody but the agent did. */
  readonly by?: string;
}

export interface CallEndRequested {
  readonly callId: string;
  readonly atMs: number;
  /** Name of the operator who wanted it; absent: nobody but the agent did. */
  readonly by?: string;
}

export interface TransferRequested {
  readonly callId: string;
  readonly agentId: string;
  readonly target: string;
  readonly warm: boolean;
  readonly atMs: number;
  /** Name of the operator who wanted it; absent: nobody but the agent did. */
  readonly by?: string;
}

export interface TransferCompleted {
  readonly callId: string;
  readonly atMs: number;
  /** Name of the operator who wanted it; absent: nobody but the agent did. */
  readonly by?: string;
}

export interface TransferCanceled {
  readonly callId: string;
  readonly atMs: number;
  /** Name of the operator who wanted it; absent: nobody but the agent did. */
  readonly by?: string;
}

/** The agent wraps up. */
export interface TalkEnded {
  readonly callId: string;
  /** From the connection to the end. */
  readonly talkMs: number;
  readonly atMs: number;
}

export interface CallDisposed {
  readonly callId: string;
  readonly campaignId: string;
  readonly disposition: string;
  /** Named by the campaign, for the agent did not in time. */
  readonly byDefault: boolean;
  readonly callbackAtMs?: number;
  readonly callbackToMe?: boolean;
  readonly atMs: number;
  /** Name of the operator who wanted it; absent: nobody but the agent did. */
  readonly by?: string;
}

export interface CallNoted {
  readonly callId: string;
  readonly contactId: string;
  readonly noteId: string;
  readonly atMs: number;
  /** Name of the operator who wanted it; absent: nobody but the agent did. */
  readonly by?: string;
}

/** The customer told the agent so. */
export interface CustomerOptedOut {
  readonly callId: string;
  readonly atMs: number;
  /** Name of the operator who wanted it; absent: nobody but the agent did. */
  readonly by?: string;
}

export interface MonitoringBegan {
  readonly agentId: string;
  readonly mode: MonitorMode;
  readonly atMs: number;
  /** Name of the operator who wanted it; absent: nobody but the agent did. */
  readonly by?: string;
}

export interface MonitoringEnded {
  readonly reason: string;
  readonly atMs: number;
  /** Name of the operator who wanted it; absent: nobody but the agent did. */
  readonly by?: string;
}

export interface PreviewOffered {
  readonly callId: string;
  readonly campaignId: string;
  readonly contactId: string;
  readonly mask: string;
  readonly longestMs: number;
  readonly dialsInTheEnd: boolean;
  readonly wrapUp: WrapUp;
  readonly atMs: number;
}

/** The agent was not ready for it. */
export interface PreviewDeclined {
  readonly callId: string;
  readonly campaignId: string;
  readonly atMs: number;
}

export interface PreviewAnswered {
  readonly callId: string;
  readonly campaignId: string;
  readonly accepted: boolean;
  /** The time was over. */
  readonly timed: boolean;
  readonly atMs: number;
  /** Name of the operator who wanted it; absent: nobody but the agent did. */
  readonly by?: string;
}

export interface LeadRequested {
  readonly campaignId: string;
  readonly atMs: number;
  /** Name of the operator who wanted it; absent: nobody but the agent did. */
  readonly by?: string;
}

/** The phone is being linked with a call on another node. */
export interface PhoneLinkRequested {
  readonly callId: string;
  readonly reservation: number;
  readonly linkId: string;
  readonly side: RtpSide;
  readonly atMs: number;
}

/** A supervisor of another node attends the phone from now on, or in another mode. */
export interface PhoneAttended {
  readonly supervisorId: string;
  readonly linkId: string;
  readonly mode: MonitorMode;
  readonly side: RtpSide;
  readonly atMs: number;
}

export interface PhoneLeft {
  readonly supervisorId: string;
  readonly linkId: string;
  readonly atMs: number;
}

/** The supervisor's link leads to the phone of the agent. */
export interface MonitorLinked {
  readonly agentId: string;
  readonly linkId: string;
  readonly side: RtpSide;
  readonly atMs: number;
}

export type AgentReply =
  | ({ readonly type: 'AgentDescribed' } & AgentDescribed);

export interface AgentDescribed {
  /** offline, signing-in, ready, previewing, reserved, talking, holding, wrapping, break or monitoring. */
  readonly phase: string;
  /** Of the break, or why the phone is gone. */
  readonly reason: string;
  readonly sinceMs: number;
  /** The call of now, or the one that is wrapped up; empty: none. */
  readonly callId: string;
  readonly campaignId: string;
  /** The leg of the phone and its node; empty: none is held. */
  readonly legId: string;
  readonly nodeId: string;
  readonly muted: boolean;
  /** Whether a disposition is still to be named before the next call. */
  readonly owesDisposition: boolean;
  readonly profile?: AgentProfile;
  /** Whom a preview is about. */
  readonly contactId: string;
  readonly mask: string;
  /** What follows the call of now: a break or a sign-off that was asked for; absent: neither. */
  readonly afterwards?: string;
}

export const agentCommand: Codec<AgentCommand> = codec('callboard.agent.v1.AgentCommand');

export const agentEvent: Codec<AgentEvent> = codec('callboard.agent.v1.AgentEvent');

export const agentReply: Codec<AgentReply> = codec('callboard.agent.v1.AgentReply');

/** What can be said to a agent actor, and what it can say. */
export const agentProtocol: Protocol<AgentCommand, AgentEvent, AgentReply> = {
  kind: 'agent',
  command: agentCommand,
  event: agentEvent,
  reply: agentReply,
};
