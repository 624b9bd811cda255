/** Binds the trunk to the runtime and to the telephony port. */
import type { Clock } from '#ports/clock.ts';
import type { Telephony } from '#ports/telephony.ts';
import { callProtocol } from '#proto/generated/call.ts';
import { type AnyActorDefinition, defineActor } from '#runtime/actor.ts';
import { trunkChronicle } from './chronicle.ts';
import { decide } from './decide.ts';
import { healthWatches } from './health-watch.ts';
import { isWakeful, react, resume } from './react.ts';

export interface TrunkPorts {
  readonly telephony: Pick<Telephony, 'ping'>;
  readonly clock: Clock;
}

export function trunkActor(ports: TrunkPorts): AnyActorDefinition {
  const watches = healthWatches(ports);
  return defineActor({
    ...trunkChronicle,
    decide,
    react,
    resume,
    isWakeful,
    executors: {
      'watch-health': async (_input: unknown, { actorId, tellSelf, left }) => {
        // The next node watches from its own side.
        left.addEventListener('abort', () => watches.stop(actorId), { once: true });
        watches.start(actorId, (report, key) => tellSelf({ type: 'ReportHealth', ...report }, key));
        return undefined;
      },
      'review-leases': async ({ callIds }: { callIds: readonly string[] }, { ask, tellSelf }) => {
        const review = async (callId: string) => {
          const described = await ask(callProtocol, callId, { type: 'DescribeCall' });
          if (described.ok && described.reply?.phase === 'ended') {
            tellSelf({ type: 'ReleaseChannel', callId }, `review:${callId}`);
          }
        };
        await Promise.all(callIds.map(review));
        return undefined;
      },
      'unwatch-health': async (_input: unknown, { actorId }) => {
        watches.stop(actorId);
        return undefined;
      },
    },
    supervision: { strategy: 'restart', intensity: 5, periodMs: 60_000, backoff: { minMs: 100, maxMs: 5000 } },
    snapshots: { everyCommits: 500, schema: 1 },
    passivateAfterMs: 60_000,
    mailboxLimit: 10_000,
  });
}
