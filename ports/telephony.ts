/**
 * What a call needs from the telephone network. The port speaks of calls and causes; SIP, SDP and sockets
 * belong to the adapter. Numbers pass through here in the clear and must go no further: not to a log, not to
 * an error, not to an event.
 */
import type { RtpEndpoint } from './media.ts';

/** A carrier's gateway as the adapter needs to know it. */
export interface TrunkSettings {
  /** Id of the trunk actor, `[A-Za-z0-9._-]+`. */
  readonly trunkId: string;
  /** Where INVITE and OPTIONS go: `sip:HOST[:PORT]` (RFC 3261, 19.1). */
  readonly uri: string;
  /** Digest credentials (RFC 8760 names the algorithms; MD5 only here). Never logged. */
  readonly credentials?: { readonly username: string; readonly password: string };
  /** The number shown to those called, E.164 with plus; the adapter's own user part when absent. */
  readonly callerId?: string;
}

interface DialTerms {
  /** Id of the call; a second dial with the same id does nothing. */
  readonly callId: string;
  /** Where our media listens, put into the offer (RFC 3264). */
  readonly media: RtpEndpoint;
  /** From the INVITE to CANCEL, 1,000 to 180,000 ms. */
  readonly ringTimeoutMs: number;
}

/** One attempt to reach one number. */
export interface TrunkCall extends DialTerms {
  readonly trunkId: string;
  /** E.164 with plus. */
  readonly number: string;
  /** Overrides the trunk's number shown, E.164 with plus. */
  readonly callerId?: string;
}

/**
 * A call to a phone of the house: over no trunk, and it may be up for hours. While it is, the phone is asked every
 * now and then whether it still knows the call (OPTIONS, RFC 3261, 11.2); one that does not, or does not answer, has
 * hung up.
 */
export interface PhoneCall extends DialTerms {
  /** `sip:[NAME@]HOST[:PORT]` (RFC 3261, 19.1). */
  readonly uri: string;
  /** Digest credentials, as those of a trunk. Never logged. */
  readonly credentials?: { readonly username: string; readonly password: string };
}

export type DialRequest = TrunkCall | PhoneCall;

/** Why an attempt was not answered, in the words of the outcome it becomes. */
export type FailureCause = 'busy' | 'no-answer' | 'rejected' | 'unreachable' | 'failed' | 'canceled';

/** What the network says of a call, in the order in which it happened. */
export type TelephonyEvent =
  /** A provisional answer above 100 (RFC 3261, 21.1). `media` where it opened early media (RFC 3960). */
  | { readonly type: 'ringing'; readonly sipStatus: number; readonly media?: RtpEndpoint }
  /** A 2xx that was acknowledged. */
  | { readonly type: 'answered'; readonly sipStatus: number; readonly media: RtpEndpoint }
  /** The far side moved, held or resumed its media (re-INVITE, RFC 3261, 14). */
  | { readonly type: 'media-changed'; readonly media: RtpEndpoint }
  /** The attempt ended before it was answered. `sipStatus` 0: no final response came. Last event of a call. */
  | { readonly type: 'failed'; readonly cause: FailureCause; readonly sipStatus: number; readonly reason: string }
  /** An answered call ended. Last event of a call. */
  | { readonly type: 'hung-up'; readonly by: 'callee' | 'us'; readonly reason: string };

/** What an OPTIONS ping of a trunk found (RFC 3261, 11). */
export interface TrunkHealth {
  readonly healthy: boolean;
  /** 0: nothing came back in time. Any response, also 404 or 405, is a sign of life; 503 is none. */
  readonly sipStatus: number;
  readonly roundTripMs: number;
}

/** Hears the events of one call; must not throw. */
export type TelephonyListener = (event: TelephonyEvent) => void;

/** Places and ends calls. One for each node. */
export interface Telephony {
  /** Makes a trunk known, or changes it. Live calls keep what they started with. */
  configureTrunk(settings: TrunkSettings): Promise<void>;
  /**
   * Begins the attempt and resolves when the call is kept; the INVITE may still be on its way to the wire, the
   * look-up of the gateway's name before it. All else comes through `listener`, including a failure to send.
   * Idempotent by `callId` for as long as the call lives.
   * @throws TRUNK_UNKNOWN when `configureTrunk` was not called for it; PHONE_UNKNOWN when the URI is none.
   */
  dial(request: DialRequest, listener: TelephonyListener): Promise<void>;
  /** CANCEL before the answer, BYE after it. An unknown or ended call is no error. */
  hangUp(callId: string): Promise<void>;
  /**
   * Blind transfer: the far side of an answered call is to call `target`, a SIP URI, itself (REFER, RFC 3515).
   * Resolves when it has reached it, and this call is hung up. `progress` hears what it tells of its call meanwhile,
   * as SIP statuses. Whoever catches an error still has the call, and may dial `target` and bridge the two.
   * @throws TRANSFER_REFUSED where the far side takes no REFER, or there is no such call; TRANSFER_FAILED where it did
   * not reach the target, or has not within two minutes; PHONE_UNKNOWN when the URI is none.
   */
  transfer(callId: string, target: string, progress?: (sipStatus: number) => void): Promise<void>;
  /** Asks the gateway whether it lives; resolves after 4 s at most. */
  ping(trunkId: string): Promise<TrunkHealth>;
  /** Ends all calls, gives BYE and CANCEL up to `graceMs` to be answered, and closes the sockets. */
  close(graceMs?: number): Promise<void>;
}
