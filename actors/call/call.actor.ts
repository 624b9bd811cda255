/** Binds the call to the runtime and to the ports that carry it. */
import type { Clock } from '#ports/clock.ts';
import { codeOf } from '#ports/errors.ts';
import { type CallCommand, type CallRequested, callProtocol } from '#proto/generated/call.ts';
import { trunkProtocol } from '#proto/generated/trunk.ts';
import { type AnyActorDefinition, defineActor, type Executor } from '#runtime/actor.ts';
import { decide } from './decide.ts';
import { createLines, type LinePorts } from './line.ts';
import { isWakeful, react, resume } from './react.ts';
import { evolve, initial } from './state.ts';

export interface CallPorts extends LinePorts {
  readonly clock: Clock;
  /** Whether this node has been given the trunk's settings: without them a call waits, it does not fail. */
  readonly hasTrunk: (trunkId: string) => boolean;
}

/** A refusal without advice is asked again after this long. */
const routeRetryMs = 1000;
/** A trunk that this node has no settings for comes with a change of the configuration, not soon. */
const unknownTrunkRetryMs = 30_000;

export function callActor(ports: CallPorts): AnyActorDefinition {
  return defineActor({
    protocol: callProtocol,
    initial,
    decide,
    evolve,
    react,
    resume,
    isWakeful,
    executors: executors(ports),
    supervision: { strategy: 'restart', intensity: 3, periodMs: 60_000, backoff: { minMs: 50, maxMs: 2000 } },
    snapshots: { everyCommits: 100, schema: 1 },
    passivateAfterMs: 2000,
    mailboxLimit: 256,
  });
}

function executors(ports: CallPorts): Readonly<Record<string, Executor<CallCommand>>> {
  const lines = createLines(ports);
  return {
    'seek-route': async (input: { trunkId: string; notBeforeMs: number }, { actorId, ask }) => {
      await until(ports.clock, input.notBeforeMs);
      if (!ports.hasTrunk(input.trunkId)) {
        return { type: 'AwaitRoute', code: 'TRUNK_UNKNOWN', retryAfterMs: unknownTrunkRetryMs };
      }
      const granted = await ask(trunkProtocol, input.trunkId, { type: 'ReserveChannel', callId: actorId });
      if (granted.ok) return { type: 'TakeRoute', trunkId: input.trunkId };
      const { code, retryAfterMs } = granted.rejection;
      return { type: 'AwaitRoute', code, retryAfterMs: retryAfterMs ?? routeRetryMs };
    },
    dial: async (request: Omit<CallRequested, 'atMs'>, { actorId, tellSelf }) => {
      await lines.dial(actorId, request, tellSelf);
      return undefined;
    },
    play: async (input: { prompt: string }, { actorId }) => {
      try {
        await lines.play(actorId, input.prompt);
        return undefined;
      } catch (error) {
        if (!codeOf(error)) throw error;
        return { type: 'ReportPromptEnd', completed: false };
      }
    },
    'hang-up': async (_input: unknown, { actorId }) => {
      if (!lines.holds(actorId)) return { type: 'DeclareLost' };
      await lines.hangUp(actorId);
      return undefined;
    },
    'close-media': async (_input: unknown, { actorId }) => ({
      type: 'ReportMedia',
      media: await lines.close(actorId),
    }),
    abandon: async (_input: unknown, { actorId }) => {
      await lines.hangUp(actorId);
      await lines.close(actorId);
      return undefined;
    },
    find: async (_input: unknown, { actorId }) => (lines.holds(actorId) ? undefined : { type: 'DeclareLost' }),
  };
}

function until(clock: Clock, atMs: number): Promise<void> {
  const waitMs = atMs - clock.now();
  return waitMs <= 0 ? Promise.resolve() : new Promise((resolve) => clock.after(waitMs, () => resolve()));
}
