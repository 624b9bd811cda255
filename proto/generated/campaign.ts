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
  | ({ readonly type: 'ReportCrash' } & ReportCrash);

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
  | ({ readonly type: 'CallCrashed' } & CallCrashed);

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
