/** The name of a call: CAMPAIGN.ROW.ATTEMPT, so that the same attempt is always the same call. */

/** The attempt that a call makes. */
export interface NamedAttempt {
  readonly campaignId: string;
  /** Row of the list, 1 or more. */
  readonly row: number;
  /** Counted from 1. */
  readonly attempt: number;
}

/** A name of an actor has 200 characters at most, and a call adds its row and its attempt, ten digits each. */
export const longestCampaignId = 200 - 2 * 11;

/** Id of the call that makes an attempt. */
export function callIdOf({ campaignId, row, attempt }: NamedAttempt): string {
  return `${campaignId}.${row}.${attempt}`;
}

/** Which attempt a call makes; undefined where that is no call's name. */
export function attemptOf(callId: string): NamedAttempt | undefined {
  const [, campaignId, row, attempt] = /^(.+)\.(\d+)\.(\d+)$/s.exec(callId) ?? [];
  return campaignId === undefined ? undefined : { campaignId, row: Number(row), attempt: Number(attempt) };
}
