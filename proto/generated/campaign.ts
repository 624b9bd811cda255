// Generated from proto/campaign.proto by npm run proto. Do not edit.
import { type Codec, codec, type Protocol } from '#proto/codec.ts';
import type { CallPlan, Outcome } from './call.ts';
import type { Law, Standing } from './law.ts';

export type CampaignCommand =
  | ({ readonly type: 'ConfigureCampaign' } & ConfigureCampaign)
  | ({ readonly type: 'LoadList' } & LoadList)
  | ({ readonly type: 'ReportList' } & ReportList)
  | ({ readonly type: 'StartCampaign' } & StartCampaign)
  | ({ readonly type: 'Pace' } & Pace)
  | ({ readonly type: 'AssignLeads' } & AssignLeads)
  | ({ readonly type: 'ReportAttempt' } & ReportAttempt)
  | ({ readonly type: 'CheckAttempts' } & CheckAttempts)
  | ({ readonly type: 'PauseCampaign' } & PauseCampaign)
  | ({ readonly type: 'ResumeCampaign' } & ResumeCampaign)
  | ({ readonly type: 'StopCampaign' } & StopCampaign)
  | ({ readonly type: 'DescribeCampaign' } & DescribeCampaign)
  | ({ readonly type: 'ReportCrash' } & ReportCrash)
  | ({ readonly type: 'WakeForLeads' } & WakeForLeads)
  | ({ readonly type: 'ScheduleCallback' } & ScheduleCallback)
  | ({ readonly type: 'ReportAgentReady' } & ReportAgentReady)
  | ({ readonly type: 'ReportAgentAway' } & ReportAgentAway)
  | ({ readonly type: 'RequestAgent' } & RequestAgent)
  | ({ readonly type: 'ReportRefusal' } & ReportRefusal)
  | ({ readonly type: 'ReportRinging' } & ReportRinging)
  | ({ readonly type: 'ReportConnected' } & ReportConnected)
  | ({ readonly type: 'ReportAbandoned' } & ReportAbandoned)
  | ({ readonly type: 'ReportDisposition' } & ReportDisposition)
  | ({ readonly type: 'ReportPreview' } & ReportPreview)
  | ({ readonly type: 'RequestLead' } & RequestLead)
  | ({ readonly type: 'RequestRelease' } & RequestRelease);

/** How a campaign dials. The same settings twice change nothing. */
export interface CampaignSettings {
  readonly trunkId: string;
  readonly plan: CallPlan;
  /** Calls at once, 1 or more. */
  readonly maxCalls: number;
  /** New attempts a second, more than 0; may be a fraction. */
  readonly callsPerSecond: number;
  /** A claimed lead whose attempt says nothing for this long is looked after. */
  readonly leaseMs: number;
  /** One attempt only until there are other settings: to see whether the carrier takes calls at all. */
  readonly trial?: boolean;
  /** The rules that it calls under; without them it does not start. */
  readonly law?: Law;
  /** Which leads, in which order, and how often; absent: all, in the order of the list, once. */
  readonly leads?: LeadPolicy;
  /** How answers and agents are brought together; absent: there are no agents. */
  readonly agents?: AgentWork;
}

/** Which leads a campaign dials, in which order, and how often. */
export interface LeadPolicy {
  readonly order: LeadOrder;
  /** Absent: all. */
  readonly where?: LeadFilter;
  /** What is tried again; each outcome once. What is not named here is not. */
  readonly retry: readonly RetryRule[];
  /** Attempts for one lead, in all; 0: one. */
  readonly maxAttempts: number;
  /** Attempts for one lead within any 24 hours; 0: as many as there may be in all. */
  readonly maxAttemptsPerDay: number;
}

/** Always the higher priority first; this is about leads of the same one. */
export type LeadOrder =
  | 'unspecified'
  /** As they stand in the list. */
  | 'list'
  /** The last rows of the list first. */
  | 'newest';

/** Leads that have one of the values of each kind; a kind without values is not looked at. */
export interface LeadFilter {
  /** Language ranges (RFC 4647, 2.1): es is es-MX too. */
  readonly languages: readonly string[];
  /** IANA names. */
  readonly timezones: readonly string[];
  /** Words of the column segment. */
  readonly segments: readonly string[];
}

export interface RetryRule {
  readonly outcome: Outcome;
  /** From the end of the attempt. */
  readonly afterMs: number;
  /** How often at most for one lead; 0: as often as there may be attempts. */
  readonly max: number;
}

/** How many attempts are started for the agents that there are. */
export type PacingMode =
  | 'unspecified'
  /** An agent asks for each call. */
  | 'manual'
  /** An agent sees each contact before it is dialed. */
  | 'preview'
  /** A line for each ready agent. */
  | 'progressive'
  /** A fixed number of lines for each ready agent. */
  | 'power'
  /** Lines ahead of the agents, held back by the share of abandoned calls alone. */
  | 'adaptive'
  /** Lines ahead of the agents, as many as the limit on abandoned calls allows. */
  | 'predictive';

/** What a campaign with agents has settled. */
export interface AgentWork {
  readonly mode: PacingMode;
  /** Lines for each ready agent in the mode power. */
  readonly powerRatio: number;
  /** Share of the answered calls that may find no agent, 0 to 1. */
  readonly maxAbandonRate: number;
  /** What an agent must be able to do. */
  readonly skills: readonly AgentSkill[];
  /** BCP 47 tag that an agent must speak; empty: any. */
  readonly language: string;
  /** Whether a contact goes to the agent who spoke with it last, where that one is free. */
  readonly sticky: boolean;
  /** How long a preview lasts; 0: until it is answered. */
  readonly previewMs: number;
  /** Whether the contact is dialed when the preview is over. */
  readonly previewDials: boolean;
  readonly wrapUp: AgentWrapUp;
  /** What agents say of a call that a machine had answered; absent: nothing. */
  readonly machines?: MachineAnswers;
}

/** An answer by a machine is no live one, and no share of abandoned answers is counted of it. */
export interface MachineAnswers {
  /** Paths of the tree. */
  readonly dispositions: readonly string[];
}

export interface AgentSkill {
  readonly name: string;
  /** The least that will do, 1 or more. */
  readonly level: number;
}

/** What is to be done after a call. */
export interface AgentWrapUp {
  /** What may become of a talk, as paths in a tree such as sale/new; empty: anything may be said. */
  readonly dispositions: readonly string[];
  /** Whether one must be named before the next call. */
  readonly required: boolean;
  /** It ends by itself after this long; 0: never. */
  readonly longestMs: number;
  /** Named for an agent who named none in time; empty: none is. */
  readonly defaultDisposition: string;
}

export interface ConfigureCampaign {
  readonly settings: CampaignSettings;
}

/** Reads a list by stream. Rows that are there already are left as they are. */
export interface LoadList {
  /** Path of a CSV file, as the node that hosts the campaign sees it. */
  readonly path: string;
}

/** What came of reading the list. */
export interface ReportList {
  readonly path: string;
  /** Rows read, without the header. */
  readonly rows: number;
  /** Leads that are new. */
  readonly added: number;
  /** Leads of this campaign that were there before. */
  readonly known: number;
  /** Rows that cannot be dialed, each kept with its reason. */
  readonly refused: number;
  /** Why the file could not be read to its end; empty where it was. */
  readonly failure: string;
  /** Leads that the list has now, whoever added them; absent where the reader does not say. */
  readonly leads?: number;
  /** Of those that were there before, whose language, time zone, segment or priority is another now; absent: none. */
  readonly changed?: number;
}

export interface StartCampaign {}

/** Sent by a timer: how many attempts may start now? */
export interface Pace {}

/** Leads that were claimed for this campaign, under the claim's id. */
export interface AssignLeads {
  readonly claimId: string;
  readonly leads: readonly Lead[];
  /** When another lead may be dialed that may not be now; absent: never, unless an attempt that is live brings one. */
  readonly nextAtMs?: number;
}

export interface Lead {
  readonly row: number;
  readonly contactId: string;
  /** The number as people may see it. */
  readonly mask: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** Absent where the list is of an older version. */
  readonly standing?: Standing;
  /** Absent where there was no attempt before. */
  readonly history?: LeadHistory;
  /** IANA name; absent where the list has none. */
  readonly timezone?: string;
  /** BCP 47 tag; absent where the list has none. */
  readonly language?: string;
  /** When the contact was promised to be called; absent: it was not. */
  readonly callbackAtMs?: number;
  /** Who promised it; absent: anybody. */
  readonly agentId?: string;
  /** Whether an agent must be there before it is dialed: nobody was when the contact answered. */
  readonly humanOnly?: boolean;
  /** Which debt of the contact it is about, as a hash; absent where the list has none. */
  readonly debt?: string;
}

export interface LeadHistory {
  /** The oldest first. */
  readonly attempts: readonly PastAttempt[];
}

export interface PastAttempt {
  readonly attempt: number;
  readonly outcome: Outcome;
  /** When it ended. */
  readonly atMs: number;
}

/** A lead that is being called. */
export interface Attempt {
  readonly callId: string;
  readonly lead: Lead;
}

/** A call tells what became of its attempt. */
export interface ReportAttempt {
  readonly callId: string;
  readonly outcome: Outcome;
  /** Code of the refusal where the call could not be placed. */
  readonly refusal?: string;
  /** When a contact may be called that may not be now; absent with the outcome refused: never. */
  readonly retryAtMs?: number;
  /** Which rule of the law refused it. */
  readonly ruleId?: string;
  /** When the call ended; absent where nobody had answered and waited for an agent. */
  readonly atMs?: number;
}

/** Sent by a timer: leads that had to wait may be dialed now. */
export interface WakeForLeads {}

/** Somebody was promised a call. Told again for the same attempt, the last one counts. */
export interface ScheduleCallback {
  readonly row: number;
  /** The attempt in which it was promised. */
  readonly attempt: number;
  readonly dueAtMs: number;
  /** Who promised it and will call; absent: whoever is free. */
  readonly agentId?: string;
  /** From then on whoever is free, where an agent was named; absent: 15 minutes later. */
  readonly anyoneAtMs?: number;
}

/** Sent by a timer: look after attempts that have been silent for longer than their lease. */
export interface CheckAttempts {}

/** No new attempts, and calls that were not dialed yet wait; live calls go on. */
export interface PauseCampaign {
  readonly by: string;
  readonly reason: string;
}

export interface ResumeCampaign {
  readonly by: string;
}

/** No new attempts, for good, and calls that were not dialed yet are canceled; live calls go on. */
export interface StopCampaign {
  readonly by: string;
}

/** A call crashes on a command again and again, and its supervisor has given the command up. */
export interface ReportCrash {
  readonly callId: string;
  /** An error code. */
  readonly code: string;
}

/** An agent of this campaign can take a call. */
export interface ReportAgentReady {
  readonly agentId: string;
  /** Since when: the longest idle comes first. */
  readonly sinceMs: number;
  readonly skills: readonly AgentSkill[];
  readonly languages: readonly string[];
}

/** An agent of this campaign can take none: on a break, signed off, or in a call of another campaign. */
export interface ReportAgentAway {
  readonly agentId: string;
  readonly reason: string;
}

/** Somebody has answered and waits for an agent. */
export interface RequestAgent {
  readonly callId: string;
  /** Since when: who has waited longest comes first. */
  readonly sinceMs: number;
  /** Which of the call's waits, counted from 1. */
  readonly wait: number;
  /** This one and no other; empty: the best. */
  readonly agentId: string;
  /** Not this one; empty: none is left out. */
  readonly notAgentId: string;
}

/** The agent whom the campaign chose is not to be had. */
export interface ReportRefusal {
  readonly callId: string;
  readonly agentId: string;
  /** Code of the agent's rejection. */
  readonly code: string;
}

export interface ReportRinging {
  readonly callId: string;
}

/** A callee and an agent hear each other. */
export interface ReportConnected {
  readonly callId: string;
  readonly agentId: string;
  readonly atMs: number;
}

/** Nobody was free in time. */
export interface ReportAbandoned {
  readonly callId: string;
  readonly atMs: number;
}

/** What an agent says became of the talk. */
export interface ReportDisposition {
  readonly callId: string;
  readonly agentId: string;
  readonly disposition: string;
  /** When the contact wants to be called again; absent: it does not. */
  readonly callbackAtMs?: number;
  /** By this agent, where they are there; absent: by anybody. */
  readonly callbackAgentId?: string;
}

/** Whether the agent wants the contact dialed. */
export interface ReportPreview {
  readonly callId: string;
  readonly agentId: string;
  readonly accepted: boolean;
  /** The agent never looked, or is gone: somebody else may. */
  readonly unseen?: boolean;
}

/** Click to dial: a lead for this agent. */
export interface RequestLead {
  readonly agentId: string;
}

/** An agent of several campaigns has waited for a while: may another one dial for it? */
export interface RequestRelease {
  readonly agentId: string;
  /** Since when it waits. */
  readonly sinceMs: number;
}

/** Asks for the campaign's progress. Journals nothing. */
export interface DescribeCampaign {}

export type CampaignEvent =
  | ({ readonly type: 'CampaignConfigured' } & CampaignConfigured)
  | ({ readonly type: 'ListRequested' } & ListRequested)
  | ({ readonly type: 'ListLoaded' } & ListLoaded)
  | ({ readonly type: 'ListFailed' } & ListFailed)
  | ({ readonly type: 'CampaignStarted' } & CampaignStarted)
  | ({ readonly type: 'LeadsRequested' } & LeadsRequested)
  | ({ readonly type: 'AttemptsStarted' } & AttemptsStarted)
  | ({ readonly type: 'AttemptEnded' } & AttemptEnded)
  | ({ readonly type: 'AttemptsOverdue' } & AttemptsOverdue)
  | ({ readonly type: 'CampaignPaused' } & CampaignPaused)
  | ({ readonly type: 'CampaignResumed' } & CampaignResumed)
  | ({ readonly type: 'CampaignStopped' } & CampaignStopped)
  | ({ readonly type: 'CampaignEnded' } & CampaignEnded)
  | ({ readonly type: 'CallCrashed' } & CallCrashed)
  | ({ readonly type: 'LeadScheduled' } & LeadScheduled)
  | ({ readonly type: 'LeadsDue' } & LeadsDue)
  | ({ readonly type: 'AgentBecameReady' } & AgentBecameReady)
  | ({ readonly type: 'AgentWentAway' } & AgentWentAway)
  | ({ readonly type: 'AgentRequested' } & AgentRequested)
  | ({ readonly type: 'AgentChosen' } & AgentChosen)
  | ({ readonly type: 'AgentRefused' } & AgentRefused)
  | ({ readonly type: 'AttemptRang' } & AttemptRang)
  | ({ readonly type: 'CallConnected' } & CallConnected)
  | ({ readonly type: 'CallAbandoned' } & CallAbandoned)
  | ({ readonly type: 'AttemptDisposed' } & AttemptDisposed)
  | ({ readonly type: 'PreviewOffered' } & PreviewOffered)
  | ({ readonly type: 'PreviewAnswered' } & PreviewAnswered)
  | ({ readonly type: 'LeadWanted' } & LeadWanted)
  | ({ readonly type: 'AgentLent' } & AgentLent);

export interface CampaignConfigured {
  readonly settings: CampaignSettings;
}

export interface ListRequested {
  readonly path: string;
}

export interface ListLoaded {
  readonly path: string;
  readonly rows: number;
  readonly added: number;
  readonly known: number;
  readonly refused: number;
  /** Of those that are known, whose language, time zone, segment or priority is another now; absent: none. */
  readonly changed?: number;
}

export interface ListFailed {
  readonly path: string;
  readonly failure: string;
}

export interface CampaignStarted {
  readonly atMs: number;
}

/** The pacer's decision to start so many attempts. */
export interface LeadsRequested {
  readonly claimId: string;
  readonly count: number;
  readonly atMs: number;
  /** Why so many and not more: what the policy went by. */
  readonly reasons?: PacingReasons;
  /** Where nobody may be called now: leads of these are left out. Absent: none is. */
  readonly closed?: ClosedZones;
}

export interface ClosedZones {
  /** IANA names, as the list has them. */
  readonly timezones: readonly string[];
}

export interface PacingReasons {
  readonly given: readonly PacingReason[];
}

/** One thing that a decision went by. */
export interface PacingReason {
  readonly name: string;
  /** A figure, or */
  readonly amount?: number;
  /** a word. */
  readonly word?: string;
}

/** The leads that the claim gave, each now an attempt. Fewer than asked for: the list is used up. */
export interface AttemptsStarted {
  readonly claimId: string;
  readonly attempts: readonly Attempt[];
  readonly atMs: number;
  /** When another lead may be dialed that may not be now; absent: there is none. */
  readonly nextAtMs?: number;
}

/** The decision to call a lead again. Whatever ends without it is not tried again. */
export interface LeadScheduled {
  readonly followUp: FollowUp;
  readonly atMs: number;
}

export interface FollowUp {
  readonly row: number;
  /** The attempt that it follows. */
  readonly attempt: number;
  /** Not before. */
  readonly dueAtMs: number;
  readonly reason: FollowUpReason;
  /** What became of the attempt. */
  readonly outcome: Outcome;
  /** When it ended. */
  readonly endedAtMs: number;
  /** Who promised to call; absent: whoever is free. */
  readonly agentId?: string;
  /** From then on whoever is free, where an agent is named. */
  readonly anyoneAtMs?: number;
  /** Whether an agent must be there before it is dialed. */
  readonly humanOnly?: boolean;
}

export type FollowUpReason =
  | 'unspecified'
  /** By a rule of the campaign. */
  | 'retry'
  /** The law did not allow the attempt then. */
  | 'refused'
  /** The contact answered, and no agent was there. */
  | 'abandoned'
  /** The contact was promised a call. */
  | 'callback';

/** Leads that had to wait may be dialed now. */
export interface LeadsDue {
  readonly atMs: number;
}

export interface AttemptEnded {
  readonly callId: string;
  readonly row: number;
  readonly attempt: number;
  readonly outcome: Outcome;
  readonly atMs: number;
  /** Code of the refusal where the call could not be placed: there is no call of that name. */
  readonly refusal?: string;
  /** Which rule of the law refused it. */
  readonly ruleId?: string;
  /** Somebody had answered for an agent, met none in time, and no CallAbandoned says so: the call was lost, or hung up on. */
  readonly abandoned?: boolean;
}

/** Attempts that said nothing for longer than their lease: their calls are asked how they stand. */
export interface AttemptsOverdue {
  readonly callIds: readonly string[];
  readonly atMs: number;
}

/** Several of them within a minute pause the campaign: what crashes now will crash with the next lead too. */
export interface CallCrashed {
  readonly callId: string;
  readonly code: string;
  readonly atMs: number;
}

export interface AgentBecameReady {
  readonly agentId: string;
  readonly sinceMs: number;
  readonly skills: readonly AgentSkill[];
  readonly languages: readonly string[];
  readonly atMs: number;
}

export interface AgentWentAway {
  readonly agentId: string;
  readonly reason: string;
  readonly atMs: number;
}

/** Somebody has answered, or has talked to an agent already, and waits. */
export interface AgentRequested {
  readonly callId: string;
  readonly sinceMs: number;
  readonly wait: number;
  readonly agentId: string;
  readonly notAgentId: string;
  readonly atMs: number;
}

/** The agent is asked to take the call. */
export interface AgentChosen {
  readonly callId: string;
  readonly agentId: string;
  /** sticky, named, or idle-longest. */
  readonly reason: string;
  readonly atMs: number;
}

/** The call waits again, and the agent is not ready. */
export interface AgentRefused {
  readonly callId: string;
  readonly agentId: string;
  readonly code: string;
  readonly atMs: number;
}

export interface AttemptRang {
  readonly callId: string;
  readonly atMs: number;
}

export interface CallConnected {
  readonly callId: string;
  readonly agentId: string;
  readonly atMs: number;
  /** The first agent came after the deadline: to the law nobody was there in time. */
  readonly late?: boolean;
}

export interface CallAbandoned {
  readonly callId: string;
  readonly atMs: number;
}

export interface AttemptDisposed {
  readonly callId: string;
  readonly row: number;
  readonly agentId: string;
  readonly disposition: string;
  readonly callbackAtMs?: number;
  readonly callbackAgentId?: string;
  readonly atMs: number;
  /** A machine had answered, by the settings of then; absent: a person had. */
  readonly machine?: boolean;
}

/** The lead is claimed and shown to an agent; nobody is called yet. */
export interface PreviewOffered {
  readonly callId: string;
  /** Empty: to nobody yet. */
  readonly agentId: string;
  readonly atMs: number;
}

export interface PreviewAnswered {
  readonly callId: string;
  readonly agentId: string;
  readonly accepted: boolean;
  readonly atMs: number;
}

/** An agent has clicked to dial. */
export interface LeadWanted {
  readonly agentId: string;
  readonly atMs: number;
}

/** There is nothing to dial for the agent now, and no line counts on it: another of its campaigns may have it. */
export interface AgentLent {
  readonly agentId: string;
  readonly atMs: number;
}

export interface CampaignPaused {
  /** Name of the operator; `supervisor` where calls crashed. */
  readonly by: string;
  readonly reason: string;
}

export interface CampaignResumed {
  readonly by: string;
}

export interface CampaignStopped {
  readonly by: string;
}

/** Every lead has an outcome, or the campaign was stopped and its last call is over. */
export interface CampaignEnded {
  readonly atMs: number;
}

export type CampaignReply =
  | ({ readonly type: 'CampaignDescribed' } & CampaignDescribed);

export interface CampaignDescribed {
  /** draft, ready, running, paused, stopping or ended. */
  readonly phase: string;
  readonly leads: number;
  readonly refused: number;
  readonly liveCalls: number;
  readonly attempts: number;
  readonly outcomes: readonly OutcomeCount[];
  /** Why it is paused or could not be loaded; empty otherwise. */
  readonly reason: string;
  /** Whether its list is being read. */
  readonly loading: boolean;
  readonly settings?: CampaignSettings;
  /** Figures of the work with agents; absent where there are none. */
  readonly agents?: AgentFigures;
  /** When the next lead may be dialed, where none may be now; absent: one may, or none will. */
  readonly nextDueAtMs?: number;
}

/** How the agents are doing, and what the pacer goes by now. */
export interface AgentFigures {
  readonly ready: number;
  readonly talking: number;
  /** Talked, and not ready yet. */
  readonly wrapping: number;
  /** Callees who have answered and have no agent yet. */
  readonly waiting: number;
  /** Answered calls, and those of them that were abandoned. */
  readonly answered: number;
  readonly abandoned: number;
  /** Talk that is over, ms. */
  readonly talkMs: number;
  readonly reasons: readonly PacingReason[];
}

export interface OutcomeCount {
  readonly outcome: Outcome;
  readonly count: number;
}

export const campaignCommand: Codec<CampaignCommand> = codec('callboard.campaign.v1.CampaignCommand');

export const campaignEvent: Codec<CampaignEvent> = codec('callboard.campaign.v1.CampaignEvent');

export const campaignReply: Codec<CampaignReply> = codec('callboard.campaign.v1.CampaignReply');

/** What can be said to a campaign actor, and what it can say. */
export const campaignProtocol: Protocol<CampaignCommand, CampaignEvent, CampaignReply> = {
  kind: 'campaign',
  command: campaignCommand,
  event: campaignEvent,
  reply: campaignReply,
};
