/** How long a call may be silent before somebody looks after it. */
import type { CallPlan } from '#proto/generated/call.ts';

/** A call that rings or talks too long is given a minute to end, each time; the rest is for slow networks and disks. */
const marginMs = 3 * 60_000;

/** Longer than any call of the plan can take: what is silent for this long has lost its channel and its lead. */
export function leaseOf({ ringTimeoutMs, maxTalkMs }: Pick<CallPlan, 'ringTimeoutMs' | 'maxTalkMs'>): number {
  return ringTimeoutMs + maxTalkMs + marginMs;
}
