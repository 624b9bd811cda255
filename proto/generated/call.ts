// Generated from proto/call.proto by npm run proto. Do not edit.
import { type Codec, codec, type Protocol } from '#proto/codec.ts';
import type { AttemptLaw } from './law.ts';
import type { RtpSide } from './media.ts';

/** What became of an attempt. */
export type Outcome =
  | 'unspecified'
  /** Somebody or something answered. */
  | 'answered'
  /** 486, 600. */
  | 'busy'
  /** 408, 480, and 487 after our ring timeout. */
  | 'no-answer'
  /** 403, 603. */
  | 'rejected'
  /** 404, 410, 484, 604. */
  | 'unreachable'
  /** 5xx, transport errors, and whatever has no better name. */
  | 'failed'
  /** We crashed in mid-attempt: it may have rung, so it is never repeated by itself. */
  | 'unknown'
  /** Ended by an operator before it was answered. */
  | 'canceled'
  /** Not dialed, because the law did not allow it then. */
  | 'refused'
  /** Answered, but no agent was free in time: the safe-harbour message was played instead. */
  | 'abandoned';

export type CallCommand =
  | ({ readonly type: 'PlaceCall' } & PlaceCall)
  | ({ readonly type: 'TakeRoute' } & TakeRoute)
  | ({ readonly type: 'AwaitRoute' } & AwaitRoute)
  | ({ readonly type: 'ReportRinging' } & ReportRinging)
  | ({ readonly type: 'ReportAnswer' } & ReportAnswer)
  | ({ readonly type: 'ReportFailure' } & ReportFailure)
  | ({ readonly type: 'ReportHangup' } & ReportHangup)
  | ({ readonly type: 'ReportDigit' } & ReportDigit)
  | ({ readonly type: 'ReportPromptEnd' } & ReportPromptEnd)
  | ({ readonly type: 'EndGather' } & EndGather)
  | ({ readonly type: 'EndTalk' } & EndTalk)
  | ({ readonly type: 'ReportMedia' } & ReportMedia)
  | ({ readonly type: 'HangUp' } & HangUp)
  | ({ readonly type: 'DeclareLost' } & DeclareLost)
  | ({ readonly type: 'DescribeCall' } & DescribeCall)
  | ({ readonly type: 'ReportMediaLoss' } & ReportMediaLoss)
  | ({ readonly type: 'ReportSilence' } & ReportSilence)
  | ({ readonly type: 'TakeRefusal' } & TakeRefusal)
  | ({ readonly type: 'ConnectAgent' } & ConnectAgent)
  | ({ readonly type: 'ReportBridge' } & ReportBridge)
  | ({ readonly type: 'GiveUpWaiting' } & GiveUpWaiting)
  | ({ readonly type: 'ReportAgentGone' } & ReportAgentGone)
  | ({ readonly type: 'HoldCustomer' } & HoldCustomer)
  | ({ readonly type: 'HandOver' } & HandOver)
  | ({ readonly type: 'FinishHandOver' } & FinishHandOver)
  | ({ readonly type: 'ReportTransfer' } & ReportTransfer)
  | ({ readonly type: 'EndByAgent' } & EndByAgent)
  | ({ readonly type: 'TellContact' } & TellContact)
  | ({ readonly type: 'ReportLink' } & ReportLink)
  | ({ readonly type: 'ReportOptOut' } & ReportOptOut);

/** Starts the attempt, or says again what the campaign wants of it now. The same call is never placed twice, and one that was dialed only answers how it stands. */
export interface PlaceCall {
  readonly campaignId: string;
  /** Row of the list, 1 for the first after the header. */
  readonly row: number;
  readonly contactId: string;
  /** The number as people may see it, such as +86 138 **** 1234. */
  readonly mask: string;
  readonly trunkId: string;
  readonly plan: CallPlan;
  readonly intent: Intent;
  /** Absent: the campaign has none, as those of older versions. */
  readonly law?: AttemptLaw;
  /** The agent who wants this call, by a click or after a preview; absent: whoever is free when it is answered. */
  readonly agentId?: string;
}

/** What a campaign wants of a call that was not dialed yet. */
export type Intent =
  /** As dial: a sender of an older version knows nothing else. */
  | 'unspecified'
  /** Dial it as soon as there is a channel. */
  | 'dial'
  /** Keep it, and dial it when told to: the campaign is paused. */
  | 'wait'
  /** End it without dialing: the campaign was stopped. */
  | 'withdraw';

/** What is to happen in the call. */
export interface CallPlan {
  /** Path of the WAV that is played on answer; empty: none. */
  readonly prompt: string;
  /** How many digits to gather after the prompt began, which the first of them stops; 0: none. */
  readonly gatherDigits: number;
  /** How long to wait for them after the prompt ended. */
  readonly gatherTimeoutMs: number;
  /** From the INVITE to CANCEL. */
  readonly ringTimeoutMs: number;
  /** The longest that an answered call may last. */
  readonly maxTalkMs: number;
  /** Whether both directions are recorded. */
  readonly record: boolean;
  /** A callee who has vanished without a word, so that neither RTP nor RTCP comes for this long, is hung up; absent: never. */
  readonly silenceTimeoutMs?: number;
  /** Whether an answer is for an agent; absent: the prompt and the digits are all that there is. */
  readonly needsAgent?: boolean;
  /** No agent within this time of the answer: the call is abandoned. Whoever waits is given up for it a moment earlier, so that what they hear instead has begun by then. */
  readonly connectDeadlineMs?: number;
  /** Path of the WAV that an abandoned callee hears, with the company's name in it; absent: none. */
  readonly safeHarbour?: string;
  /** Pressed while it plays, the contact is not called again; absent: none. */
  readonly optOutDigit?: string;
  /** Path of the WAV that a held callee hears; absent: silence. */
  readonly holdMusic?: string;
  /** How long somebody who has talked already waits for the next agent, after a transfer or a lost phone. */
  readonly longestWaitMs?: number;
  /** Where the call may be handed to, out of the house; absent: nowhere. */
  readonly transfers?: TransferTargets;
}

export interface TransferTargets {
  readonly targets: readonly TransferTarget[];
}

export interface TransferTarget {
  readonly name: string;
  /** sip:NAME@HOST[:PORT]. A telephone number is none here: it would be a person's. */
  readonly uri: string;
}

/** The trunk gave a channel. */
export interface TakeRoute {
  readonly trunkId: string;
  /** Whether the contact has counted this attempt and permits it. */
  readonly permitted?: boolean;
}

/** The contact may not be called now. */
export interface TakeRefusal {
  /** Which rule says so. */
  readonly ruleId: string;
  /** When it may be tried again; absent: never. */
  readonly retryAtMs?: number;
}

/** The trunk has no channel now. */
export interface AwaitRoute {
  /** Code of the trunk's rejection. */
  readonly code: string;
  readonly retryAfterMs: number;
}

export interface ReportRinging {
  readonly sipStatus: number;
}

export interface ReportAnswer {
  readonly sipStatus: number;
}

/** The attempt ended before it was answered. */
export interface ReportFailure {
  readonly outcome: Outcome;
  /** 0: no final response came. */
  readonly sipStatus: number;
  readonly reason: string;
}

/** An answered call ended. */
export interface ReportHangup {
  readonly by: Party;
  readonly reason: string;
}

/** Who ended a call. */
export type Party =
  | 'unspecified'
  | 'callee'
  | 'callboard'
  | 'operator';

export interface ReportDigit {
  readonly digit: string;
}

export interface ReportPromptEnd {
  /** Whether it was heard to its end. */
  readonly completed: boolean;
}

/** Sent by a timer: no more digits are awaited. */
export interface EndGather {}

/** Sent by a timer: the call has lasted as long as it may. */
export interface EndTalk {}

/** The media leg is closed: what it heard, and where the recording is. */
export interface ReportMedia {
  readonly media: MediaSummary;
}

export interface MediaSummary {
  readonly packetsSent: number;
  readonly packetsReceived: number;
  /** May be negative with duplicates (RFC 3550, A.3). */
  readonly packetsLost: number;
  readonly jitterMs: number;
  /** Path of the WAV below the data folder; empty: not recorded. */
  readonly recording: string;
  readonly recordedMs: number;
  /** The error code with which the recording ended before the call did; absent where it did not. */
  readonly recordingError?: string;
  /** What the far side told last of what it heard of us (RFC 3550, 6.4.1); absent where it sent no reports. */
  readonly remoteFractionLost?: number;
  readonly remoteJitterMs?: number;
  /** From us to there and back (RFC 3550, 6.4.1, figure 2). */
  readonly roundTripMs?: number;
}

/** The media leg is gone, with the thread that held it: nothing is heard or said any more. */
export interface ReportMediaLoss {}

/** Neither RTP nor RTCP came for as long as the plan allows: the callee has vanished. */
export interface ReportSilence {
  readonly silentMs: number;
}

/** An agent is reserved for the call, and this is the leg of their phone. */
export interface ConnectAgent {
  readonly agentId: string;
  readonly legId: string;
  /** The node that holds the leg. */
  readonly nodeId: string;
  /** To talk to the agent who has the customer first. */
  readonly consult: boolean;
  /** Counted by the agent: what is said of an earlier one has no effect. */
  readonly reservation: number;
}

/** Whether the two legs hear each other now. */
export interface ReportBridge {
  readonly agentId: string;
  /** Why they do not; empty: they do. */
  readonly failure: string;
}

/** Sent by a timer: nobody was free in time. */
export interface GiveUpWaiting {
  /** Which wait, counted from 1. */
  readonly wait: number;
  /** An agent was found, and has had the time that it takes to bring the legs together; absent: nobody was. */
  readonly connecting?: boolean;
}

/** The agent's phone is lost, or the agent is not reserved for the call any more. */
export interface ReportAgentGone {
  readonly agentId: string;
  readonly reason: string;
  /** 0: whichever there is. */
  readonly reservation: number;
}

/** The agent puts the customer on hold, or takes them back. */
export interface HoldCustomer {
  readonly agentId: string;
  readonly held: boolean;
}

/** The agent hands the customer over. */
export interface HandOver {
  readonly agentId: string;
  /** To this one; empty: to nobody in particular. */
  readonly toAgentId: string;
  /** Out of the house, to a target that the campaign names; empty: to an agent. */
  readonly target: string;
  /** The two agents talk first. */
  readonly warm: boolean;
}

/** The agents have talked. */
export interface FinishHandOver {
  readonly agentId: string;
  /** Whether the customer goes to the other one. */
  readonly completed: boolean;
}

/** What came of handing the call out of the house. */
export interface ReportTransfer {
  /** Why it stayed; empty: it is gone. */
  readonly failure: string;
}

/** The phone is on another node: the leg there that leads to it, or why there is none. */
export interface ReportLink {
  readonly agentId: string;
  readonly reservation: number;
  readonly linkId: string;
  /** The phone's end of it; absent where there is none. */
  readonly side?: RtpSide;
  /** Why there is none; empty: there is. */
  readonly failure: string;
}

/** The contact has told the agent that they want no more calls; the call may be over since. */
export interface ReportOptOut {
  readonly agentId: string;
}

/** The agent hangs up. */
export interface EndByAgent {
  readonly agentId: string;
}

/** An operator ends the call. */
export interface HangUp {
  readonly by: string;
}

/** Nobody holds the call any more: the node that dialed it crashed, or the network never said how it ended. */
export interface DeclareLost {}

/** The contact has not heard how a call ended that it permitted: a call that is over tells it again. */
export interface TellContact {}

/** Asks for the call's state. Journals nothing. */
export interface DescribeCall {}

export type CallEvent =
  | ({ readonly type: 'CallRequested' } & CallRequested)
  | ({ readonly type: 'RouteTaken' } & RouteTaken)
  | ({ readonly type: 'RouteAwaited' } & RouteAwaited)
  | ({ readonly type: 'RouteDeclined' } & RouteDeclined)
  | ({ readonly type: 'CallDialed' } & CallDialed)
  | ({ readonly type: 'CallRang' } & CallRang)
  | ({ readonly type: 'CallAnswered' } & CallAnswered)
  | ({ readonly type: 'PromptEnded' } & PromptEnded)
  | ({ readonly type: 'DigitPressed' } & DigitPressed)
  | ({ readonly type: 'GatherEnded' } & GatherEnded)
  | ({ readonly type: 'HangupRequested' } & HangupRequested)
  | ({ readonly type: 'CallHungUp' } & CallHungUp)
  | ({ readonly type: 'CallFailed' } & CallFailed)
  | ({ readonly type: 'CallLost' } & CallLost)
  | ({ readonly type: 'CallEnded' } & CallEnded)
  | ({ readonly type: 'CallRerouted' } & CallRerouted)
  | ({ readonly type: 'CallRefused' } & CallRefused)
  | ({ readonly type: 'CallAbandoned' } & CallAbandoned)
  | ({ readonly type: 'AgentAssigned' } & AgentAssigned)
  | ({ readonly type: 'AgentConnected' } & AgentConnected)
  | ({ readonly type: 'AgentDeclined' } & AgentDeclined)
  | ({ readonly type: 'AgentLost' } & AgentLost)
  | ({ readonly type: 'CustomerHeld' } & CustomerHeld)
  | ({ readonly type: 'CustomerRetrieved' } & CustomerRetrieved)
  | ({ readonly type: 'HandOverRequested' } & HandOverRequested)
  | ({ readonly type: 'HandOverEnded' } & HandOverEnded)
  | ({ readonly type: 'AgentLeft' } & AgentLeft)
  | ({ readonly type: 'ContactOptedOut' } & ContactOptedOut)
  | ({ readonly type: 'AgentLinked' } & AgentLinked)
  | ({ readonly type: 'ContactToldAgain' } & ContactToldAgain);

export interface CallRequested {
  readonly campaignId: string;
  readonly row: number;
  readonly contactId: string;
  readonly mask: string;
  readonly trunkId: string;
  readonly plan: CallPlan;
  readonly atMs: number;
  readonly law?: AttemptLaw;
  readonly agentId?: string;
}

export interface RouteTaken {
  readonly trunkId: string;
}

/** The trunk had no channel, and the reason is news; it is asked again at the time given. */
export interface RouteAwaited {
  readonly code: string;
  readonly retryAtMs: number;
}

/** The call was not dialed yet, and its campaign wants it otherwise now: over another trunk, by another plan, or not yet. */
export interface CallRerouted {
  readonly trunkId: string;
  readonly plan: CallPlan;
  /** Whether it asks for no channel until it is told to. */
  readonly waits: boolean;
  readonly atMs: number;
  readonly law?: AttemptLaw;
}

/** A channel came that the call cannot use, because it has ended, waits, or goes over another trunk: it goes back. */
export interface RouteDeclined {
  readonly trunkId: string;
  /** Whether the contact has counted the attempt; absent: it has not. */
  readonly permitted?: boolean;
  /** Absent: an older version wrote it. */
  readonly atMs?: number;
}

/** The law does not allow the attempt now: nothing is dialed. */
export interface CallRefused {
  readonly ruleId: string;
  /** When it may be tried again; absent: never. */
  readonly retryAtMs?: number;
  readonly atMs: number;
}

/** Durable before the INVITE leaves: after it, the number is never dialed again for this attempt. */
export interface CallDialed {
  readonly atMs: number;
}

export interface CallRang {
  readonly sipStatus: number;
  readonly atMs: number;
}

export interface CallAnswered {
  readonly sipStatus: number;
  readonly atMs: number;
}

export interface PromptEnded {
  readonly completed: boolean;
  readonly atMs: number;
}

export interface DigitPressed {
  readonly digit: string;
  readonly atMs: number;
}

/** No more digits are awaited. */
export interface GatherEnded {
  /** All that were pressed. */
  readonly digits: string;
  /** Whether as many came as were asked for. */
  readonly complete: boolean;
}

/** We want the call to end; what the network says of it is still to come. */
export interface HangupRequested {
  readonly party: Party;
  /** Name of the operator; empty where the plan ended. */
  readonly by: string;
  readonly reason: string;
  readonly atMs: number;
}

export interface CallHungUp {
  readonly by: Party;
  readonly reason: string;
  readonly atMs: number;
}

export interface CallFailed {
  readonly outcome: Outcome;
  readonly sipStatus: number;
  readonly reason: string;
  readonly atMs: number;
}

/** After a crash nobody can say what became of the call. */
export interface CallLost {
  readonly atMs: number;
}

/** No agent was free in time. What is said to the callee instead comes after it. */
export interface CallAbandoned {
  /** From the answer. */
  readonly waitedMs: number;
  readonly atMs: number;
}

/** An agent is reserved: the legs are being brought together. */
export interface AgentAssigned {
  readonly agentId: string;
  readonly legId: string;
  readonly nodeId: string;
  readonly consult: boolean;
  readonly atMs: number;
  readonly reservation: number;
}

/** Callee and agent hear each other; where it is a consultation, the two agents. */
export interface AgentConnected {
  readonly agentId: string;
  /** Since the answer, or since the agent before was gone. */
  readonly waitedMs: number;
  readonly atMs: number;
}

/** An agent came whom the call cannot use any more. */
export interface AgentDeclined {
  readonly agentId: string;
  readonly reason: string;
  readonly atMs: number;
  readonly reservation: number;
}

/** The agent was connected, or about to be, and is not any more: another one is looked for, unless the customer was abandoned, or is being handed out of the house. */
export interface AgentLost {
  readonly agentId: string;
  readonly reason: string;
  readonly atMs: number;
  readonly reservation: number;
}

export interface CustomerHeld {
  readonly atMs: number;
}

export interface CustomerRetrieved {
  readonly atMs: number;
}

export interface HandOverRequested {
  readonly agentId: string;
  readonly toAgentId: string;
  readonly target: string;
  readonly warm: boolean;
  readonly atMs: number;
}

export interface HandOverEnded {
  /** Whether the customer is somebody else's now. */
  readonly completed: boolean;
  readonly reason: string;
  readonly atMs: number;
  /** Who was asked for nothing, and is free again; empty: nobody. */
  readonly agentId: string;
  readonly reservation: number;
  /** Whoever handed the customer over is gone meanwhile, so that another one is looked for; absent: nobody is. */
  readonly waits?: boolean;
}

/** An agent is out of the call, which goes on without. */
export interface AgentLeft {
  readonly agentId: string;
  readonly atMs: number;
  readonly reservation: number;
}

/** The contact asked not to be called again. */
export interface ContactOptedOut {
  /** That was pressed; empty: an agent was told. */
  readonly digit: string;
  readonly atMs: number;
  /** Who was told; absent: a digit was pressed. */
  readonly agentId?: string;
}

/** The agent's phone is on another node, and a leg here stands for it. */
export interface AgentLinked {
  readonly agentId: string;
  readonly reservation: number;
  readonly linkId: string;
  readonly side: RtpSide;
  readonly atMs: number;
}

/** The contact had not heard how the call ended, and is told again. */
export interface ContactToldAgain {
  readonly atMs: number;
}

/** The one outcome. Only a channel that comes too late can still be declined after it. */
export interface CallEnded {
  readonly outcome: Outcome;
  /** The final response, 0 where none came. */
  readonly sipStatus: number;
  readonly reason: string;
  /** From the INVITE to the answer or the end, ms. */
  readonly ringMs: number;
  /** From the answer to the end, ms; 0 where nobody answered. */
  readonly talkMs: number;
  readonly digits: string;
  readonly media?: MediaSummary;
  readonly atMs: number;
}

export type CallReply =
  | ({ readonly type: 'CallDescribed' } & CallDescribed);

export interface CallDescribed {
  /** new, routing, dialing, ringing, talking, ending, closing or ended. */
  readonly phase: string;
  readonly campaignId: string;
  readonly row: number;
  readonly mask: string;
  readonly outcome: Outcome;
  readonly sinceMs: number;
  readonly digits: string;
  /** Where it was refused: by which rule, and when it may be tried again. */
  readonly ruleId?: string;
  readonly retryAtMs?: number;
  /** The agent who talks; absent: none. */
  readonly agentId?: string;
  /** Whom it is to; absent: the call was never placed. */
  readonly contactId?: string;
}

export const callCommand: Codec<CallCommand> = codec('callboard.call.v1.CallCommand');

export const callEvent: Codec<CallEvent> = codec('callboard.call.v1.CallEvent');

export const callReply: Codec<CallReply> = codec('callboard.call.v1.CallReply');

/** What can be said to a call actor, and what it can say. */
export const callProtocol: Protocol<CallCommand, CallEvent, CallReply> = {
  kind: 'call',
  command: callCommand,
  event: callEvent,
  reply: callReply,
};
