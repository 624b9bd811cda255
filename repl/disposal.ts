/** What became of a talk, as an operator types it. */
import type { DisposeCall } from '#proto/generated/agent.ts';

const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/**
 * A disposition, and after it when the customer wants to be called again: `no/later in 2h`, with `mine` behind it by the
 * same agent. Whatever does not end so is the disposition itself.
 */
export function disposalOf(text: string, nowMs: number): Omit<DisposeCall, 'by'> {
  const [, disposition = '', amount = '', unit, mine] = /^(.+) in (\d{1,4})([mhd])( mine)?$/.exec(text) ?? [];
  if (!disposition) return { disposition: text };
  const callbackAtMs = nowMs + Number(amount) * unitMs[unit as keyof typeof unitMs];
  return { disposition, callbackAtMs, ...(mine ? { callbackToMe: true } : {}) };
}
