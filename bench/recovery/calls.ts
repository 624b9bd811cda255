/** Calls in mid-talk, as what a killed node leaves behind: real events and the real state, and nothing that acts on it. */
import { evolve, initial } from '#actors/call/state.ts';
import { oneCall, streamOf } from '#bench/journal/load.ts';
import type { NewEntry } from '#ports/journal.ts';
import { type CallReply, callProtocol } from '#proto/generated/call.ts';
import { type AnyActorDefinition, defineActor } from '#runtime/actor.ts';
import { answer } from '#runtime/decision.ts';

/** Requested, dialed, rang, answered. */
const commitsEach = 4;

/** Events of each call. */
export const eventsEach = oneCall().slice(0, commitsEach).flat().length;

export const liveCall: AnyActorDefinition = defineActor({
  protocol: callProtocol,
  initial,
  decide: ({ phase }) => {
    const reply: CallReply = {
      type: 'CallDescribed',
      phase,
      campaignId: '',
      row: 0,
      mask: '',
      outcome: 'unknown',
      sinceMs: 0,
      digits: '',
    };
    return answer(reply);
  },
  evolve,
  react: () => [],
  resume: () => [],
  isWakeful: () => true,
  executors: {},
  supervision: { strategy: 'restart', intensity: 3, periodMs: 60_000, backoff: { minMs: 100, maxMs: 1000 } },
  snapshots: { everyCommits: 100, schema: 2, seldom: true },
  passivateAfterMs: 600_000,
  mailboxLimit: 1000,
});

export function callId(index: number): string {
  return `spring-sale.${index}.1`;
}

/** What the journal has of it; the last commit says that it has work outstanding. */
export function commitsOf(index: number): NewEntry[] {
  const entries = streamOf(`call/${callId(index)}`, oneCall().slice(0, commitsEach));
  return entries.map((entry, step) => ({ ...entry, atMs: entry.atMs + step, wakeful: true }));
}
