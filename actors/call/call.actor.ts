/** Binds the call to the runtime and to the ports that carry it. */
import { codeOf } from '#ports/errors.ts';
import type { CallCommand, CallRequested } from '#proto/generated/call.ts';
import { type AnyActorDefinition, defineActor, type Executor } from '#runtime/actor.ts';
import { type AgentLinePorts, agentLines } from './agent-lines.ts';
import { callChronicle } from './chronicle.ts';
import { decide } from './decide.ts';
import { createLines, type LinePorts } from './line.ts';
import type { PermitWanted } from './permits.ts';
import { anchored, deposed, escalate, isWakeful, react, resume } from './react.ts';
import { type RouteSearchPorts, routeSearches, type SeekRoute } from './route-search.ts';

export interface CallPorts extends LinePorts, RouteSearchPorts {
  /** How agents are brought in; absent where no call is for one. */
  readonly agents?: AgentLinePorts;
}

export function callActor(ports: CallPorts): AnyActorDefinition {
  return defineActor({
    ...callChronicle,
    decide,
    react,
    resume,
    isWakeful,
    anchored,
    deposed,
    escalate,
    executors: executors(ports),
    supervision: { strategy: 'restart', intensity: 3, periodMs: 60_000, backoff: { minMs: 50, maxMs: 2000 } },
    snapshots: { everyCommits: 100, schema: 3, seldom: true },
    passivateAfterMs: 2000,
    mailboxLimit: 256,
  });
}

function executors(ports: CallPorts): Readonly<Record<string, Executor<CallCommand>>> {
  const lines = createLines(ports);
  const searches = routeSearches(ports);
  const agents = ports.agents && agentLines(ports.agents, lines.holds);
  return {
    'seek-route': (input: SeekRoute, context) => searches.seek(input, context),
    'give-permit-back': (wanted: PermitWanted, context) => searches.givePermitBack(wanted, context),
    'stop-seeking': async (_input: unknown, { actorId }) => {
      searches.stop(actorId);
      return undefined;
    },
    dial: async (request: Omit<CallRequested, 'atMs'>, { actorId, tellSelf, ageMs }) => {
      await lines.dial(actorId, request, tellSelf, ageMs);
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
    'stop-playing': async (_input: unknown, { actorId }) => {
      await lines.stopPlaying(actorId);
      return undefined;
    },
    'hang-up': async (_input: unknown, { actorId }) => {
      if (!lines.holds(actorId)) return { type: 'DeclareLost' };
      await lines.hangUp(actorId);
      return undefined;
    },
    'close-media': async (_input: unknown, { actorId }) => {
      const media = await lines.close(actorId);
      await agents?.close(actorId);
      return { type: 'ReportMedia', media };
    },
    abandon: async (_input: unknown, { actorId }) => {
      await lines.hangUp(actorId);
      await lines.close(actorId);
      await agents?.close(actorId);
      return undefined;
    },
    ...agents?.executors,
    find: async (_input: unknown, { actorId }) => (lines.holds(actorId) ? undefined : { type: 'DeclareLost' }),
  };
}
