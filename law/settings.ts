/** What a campaign's settings must be so that it can keep the law at all: looked at before it may start. */
import type { Law, Limit } from '#proto/generated/law.ts';

/** The settings that rules ask for. What only a campaign with agents has is absent in others. */
export interface DialSettings {
  readonly plan: {
    readonly ringTimeoutMs: number;
    readonly needsAgent?: boolean;
    readonly connectDeadlineMs?: number;
    readonly safeHarbour?: string;
    readonly optOutDigit?: string;
  };
  readonly agents?: { readonly maxAbandonRate: number };
}

/** From the INVITE, from which we count, to the first ring. A carrier that takes longer is found by the audit. */
const setupMs = 5000;

/**
 * An answer is given up this long before the time that a rule gives it, so that the message has begun by then: the decision
 * must be durable, and a thread must be told to play it.
 */
export const messageLeadMs = 150;

/** What is wrong with the settings, each with the rule that says so; none: they may be used. */
export function faultsOf({ rules }: Law, settings: DialSettings): readonly string[] {
  return rules.flatMap(({ id, limit }) => {
    const fault = faultOf(limit, settings);
    return fault === undefined ? [] : [`${fault} (${id})`];
  });
}

function faultOf(limit: Limit, { plan, agents }: DialSettings): string | undefined {
  const hasAgents = agents !== undefined || plan.needsAgent === true;
  switch (limit.type) {
    case 'MinimumRing':
      if (plan.ringTimeoutMs >= limit.ringMs + setupMs) return undefined;
      return `it must ring for ${limit.ringMs / 1000} s at least, and up to ${setupMs / 1000} s pass before it rings: give up after ${(limit.ringMs + setupMs) / 1000} s or more, not ${plan.ringTimeoutMs / 1000} s`;
    case 'AbandonWindow':
      if (!agents || agents.maxAbandonRate <= limit.most) return undefined;
      return `at most ${limit.most * 100} % of the answers may be abandoned, not ${agents.maxAbandonRate * 100} %`;
    case 'ConnectDeadline': {
      const deadlineMs = plan.connectDeadlineMs;
      if (!hasAgents || (deadlineMs !== undefined && deadlineMs <= limit.waitMs)) return undefined;
      return `an answer must be given up for abandoned after ${limit.waitMs / 1000} s without an agent`;
    }
    case 'SafeHarbour':
      if (!hasAgents) return undefined;
      if (!plan.safeHarbour) return 'whoever is abandoned must hear a message that says who called';
      return limit.optOut && !plan.optOutDigit ? 'that message must offer a digit that ends all calls' : undefined;
    default:
      return undefined;
  }
}
