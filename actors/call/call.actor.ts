/** Binds the call to the runtime and to the ports that carry it. */
import type { Clock } from '#ports/clock.ts';
import { codeOf } from '#ports/errors.ts';
import { type CallCommand, type CallRequested, callProtocol } from '#proto/generated/call.ts';
import { trunkProtocol } from '#proto/generated/trunk.ts';
import { type AnyActorDefinition, defineActor, type Executor, type ExecutorContext } from '#runtime/actor.ts';
import { decide } from './decide.ts';
import { createLines, type LinePorts } from './line.ts';
import { isWakeful, react, resume } from './react.ts';
import { evolve, initial } from './state.ts';

export interface CallPorts extends LinePorts {
  readonly clock: Clock;
  /** Whether this node has been given the trunk's settings: without them a call waits, it does not fail. */
  readonly hasTrunk: (trunkId: string) => boolean;
  readonly gate: Gate;
}

/** Holds calls back that are not to be dialed now. */
export interface Gate {
  /** Resolves with true when the call may be dialed; with false when this node will not dial it any more. */
  admit(callId: string): Promise<boolean>;
  /** Aborts when this node dials nothing any more: it stops. */
  readonly closed: AbortSignal;
}

/** A refusal without advice is asked again after this long. */
const routeRetryMs = 1000;
/** How long a call may wait for the same reason before the journal hears of it again. */
const routeNewsMs = 60_000;
/** A trunk that this node has no settings for comes with a change of the configuration, not soon. */
const unknownTrunk = { ok: false, rejection: { code: 'TRUNK_UNKNOWN', message: '', retryAfterMs: 30_000 } } as const;

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
    'seek-route': (input: SeekRoute, context) => seekRoute(ports, input, context),
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

interface SeekRoute {
  readonly trunkId: string;
  readonly notBeforeMs: number;
  /** Why there was no channel the last time, as the journal has it. */
  readonly knownCode: string;
}

/**
 * Asks the trunk until it gives a channel. Only news is journaled: another reason to wait, or that it is still the
 * same one after a while.
 */
async function seekRoute(
  { clock, hasTrunk, gate }: CallPorts,
  { trunkId, notBeforeMs, knownCode }: SeekRoute,
  { actorId, ask }: ExecutorContext<CallCommand>,
): Promise<CallCommand | undefined> {
  await until(clock, notBeforeMs, gate.closed);
  if (!(await gate.admit(actorId))) return undefined;
  const newsAtMs = clock.now() + routeNewsMs;
  while (!gate.closed.aborted) {
    const granted = hasTrunk(trunkId)
      ? await ask(trunkProtocol, trunkId, { type: 'ReserveChannel', callId: actorId })
      : unknownTrunk;
    if (granted.ok) return { type: 'TakeRoute', trunkId };
    const { code, retryAfterMs = routeRetryMs } = granted.rejection;
    // Spread a little, so that calls which were refused together do not come back together.
    const waitMs = Math.ceil(retryAfterMs * (1 + Math.random() / 4));
    if (code !== knownCode || clock.now() >= newsAtMs) return { type: 'AwaitRoute', code, retryAfterMs: waitMs };
    await until(clock, clock.now() + waitMs, gate.closed);
  }
  return undefined;
}

/** Waits, but not longer than the signal lets it. */
function until(clock: Clock, atMs: number, signal: AbortSignal): Promise<void> {
  const waitMs = atMs - clock.now();
  if (waitMs <= 0 || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const over = () => {
      cancel();
      signal.removeEventListener('abort', over);
      resolve();
    };
    const cancel = clock.after(waitMs, over);
    signal.addEventListener('abort', over);
  });
}
