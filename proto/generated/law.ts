// Generated from proto/law.proto by npm run proto. Do not edit.
import { type Codec, codec } from '#proto/codec.ts';

export interface Law {
  /** Name of the profile, such as us-ftc. */
  readonly profile: string;
  /** SHA-256 over the rules without their sources, the first 16 hex digits: the same rules have the same one. */
  readonly fingerprint: string;
  readonly rules: readonly Rule[];
}

export interface Rule {
  /** Such as us-ftc.hours: what a refusal names. */
  readonly id: string;
  /** Where it is written. */
  readonly source: Source;
  readonly limit: Limit;
}

export interface Source {
  readonly citation: string;
  readonly url: string;
  /** Where the value is ours, because the source leaves it open; empty where it is the source's. */
  readonly note: string;
}

export type Limit =
  | ({ readonly type: 'AbandonWindow' } & AbandonWindow)
  | ({ readonly type: 'CallingHours' } & CallingHours)
  | ({ readonly type: 'Holidays' } & Holidays)
  | ({ readonly type: 'Attempts' } & Attempts)
  | ({ readonly type: 'AfterConversation' } & AfterConversation)
  | ({ readonly type: 'AfterAbandon' } & AfterAbandon)
  | ({ readonly type: 'Consent' } & Consent)
  | ({ readonly type: 'DoNotCall' } & DoNotCall)
  | ({ readonly type: 'CallerIdentity' } & CallerIdentity)
  | ({ readonly type: 'MinimumRing' } & MinimumRing)
  | ({ readonly type: 'ConnectDeadline' } & ConnectDeadline)
  | ({ readonly type: 'SafeHarbour' } & SafeHarbour);

/** No more than this share of the answers by people may find no agent, in each window of a campaign. */
export interface AbandonWindow {
  /** 0 to 1. */
  readonly most: number;
  /** How long a window is; they follow each other from the first attempt of the campaign. 0: a window is a day. */
  readonly windowMs: number;
  /** IANA name: where the day is one, from midnight to midnight. Empty where the window is no day. */
  readonly zone: string;
}

/** Calls are placed within one of these hours, in the contact's own time. */
export interface CallingHours {
  readonly open: readonly OpenHours[];
  /** Nothing is dialed this long before they end: a phone that rings then is answered after it. */
  readonly marginMs: number;
}

export interface OpenHours {
  /** mon, tue, wed, thu, fri, sat, sun. */
  readonly days: readonly string[];
  /** HH:MM */
  readonly from: string;
  /** HH:MM, not included; 24:00 is the end of the day. */
  readonly to: string;
}

/** No calls on these days, in the contact's own time. */
export interface Holidays {
  /** YYYY-MM-DD, or MM-DD for every year. */
  readonly dates: readonly string[];
}

/** At most so many attempts within any window of this length that ends with the attempt. */
export interface Attempts {
  readonly most: number;
  readonly windowMs: number;
  readonly per: Scope;
}

/** What is counted together. */
export type Scope =
  | 'unspecified'
  /** All attempts to the contact. A contact is one number, so that this is per number too. */
  | 'contact'
  /** Those of the same campaign. */
  | 'campaign'
  /** Those about the same debt. One that names none may be about any: it counts with each. */
  | 'debt';

/** Whoever was talked to is left alone for this long. */
export interface AfterConversation {
  readonly waitMs: number;
  readonly per: Scope;
}

/** Whoever was abandoned is left alone for this long, unless an agent is there before the contact is dialed. */
export interface AfterAbandon {
  readonly waitMs: number;
}

/** The contact must have agreed. */
export interface Consent {
  /** Only for a voice that is recorded or made; otherwise for every call. */
  readonly recordedOnly: boolean;
  /** Whether consent for another campaign is enough. */
  readonly anyCampaign: boolean;
}

/** Whoever is on a list is not called. */
export interface DoNotCall {
  /** Names of the lists that count; none: all do. */
  readonly lists: readonly string[];
}

/** A number is shown to those called. */
export interface CallerIdentity {}

/** It rings at least this long before we give up. */
export interface MinimumRing {
  readonly ringMs: number;
}

/** An agent is on the line within this time of the answer, or the call counts as abandoned. */
export interface ConnectDeadline {
  readonly waitMs: number;
}

/** Whoever is abandoned hears who called. */
export interface SafeHarbour {
  /** Whether a digit ends all further calls. */
  readonly optOut: boolean;
}

/** What the law asks of a contact that its lead knows. */
export interface Standing {
  /** IANA names of all places where the contact may be: the list's own, else those of the number. */
  readonly zones: readonly string[];
  /** Which debt it is about, as a hash; absent: none. */
  readonly debt?: string;
}

/** What an attempt goes by. */
export interface AttemptLaw {
  /** Fingerprint of the rules. */
  readonly fingerprint: string;
  readonly standing: Standing;
}

export const limit: Codec<Limit> = codec('callboard.law.v1.Limit');
