// Generated from proto/campaign.proto by npm run proto. Do not edit.
import { type Codec, codec, type Protocol } from '#proto/codec.ts';
import type { CallPlan, Outcome } from './call.ts';

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
  | ({ readonly type: 'ScheduleCallback' } & ScheduleCallback);

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
  /** Which leads, in which order, and how often; absent: all, in the order of the list, once. */
  readonly leads?: LeadPolicy;
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
  | ({ readonly type: 'LeadsDue' } & LeadsDue);

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
