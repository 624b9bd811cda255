/** Binds the agent to the runtime and to the ports that carry its phone. */
import type { Media } from '#ports/media.ts';
import { type AgentCommand, agentProtocol, type MonitorMode } from '#proto/generated/agent.ts';
import type { RtpSide } from '#proto/generated/media.ts';
import { type AnyActorDefinition, defineActor, type Executor } from '#runtime/actor.ts';
import { agentChronicle } from './chronicle.ts';
import { decide } from './decide.ts';
import { type Attendance, createMonitorLinks } from './monitor-links.ts';
import { createPhoneLinks, type LinkWanted } from './phone-links.ts';
import { createPhones, type PhonePorts } from './phones.ts';
import { anchored, deposed, isWakeful, react, resume } from './react.ts';

export interface AgentPorts extends PhonePorts {
  readonly media: PhonePorts['media'] & Pick<Media, 'mute' | 'monitor' | 'unbridge' | 'bridge'>;
}

export function agentActor(ports: AgentPorts): AnyActorDefinition {
  return defineActor({
    ...agentChronicle,
    decide,
    react,
    resume,
    isWakeful,
    anchored,
    deposed,
    executors: executors(ports),
    supervision: { strategy: 'restart', intensity: 3, periodMs: 60_000, backoff: { minMs: 50, maxMs: 2000 } },
    snapshots: { everyCommits: 200, schema: 4 },
    passivateAfterMs: 60_000,
    mailboxLimit: 256,
  });
}

interface Monitor {
  readonly legId: string;
  readonly agentId: string;
  readonly mode: MonitorMode;
  readonly linkId: string;
}

interface LinkEnd {
  readonly legId: string;
  readonly linkId: string;
  readonly side: RtpSide;
}

function executors(ports: AgentPorts): Readonly<Record<string, Executor<AgentCommand>>> {
  const phones = createPhones(ports);
  const { media } = ports;
  const links = createPhoneLinks(media, phones.holds);
  const monitors = createMonitorLinks(media, phones.holds);
  /** The leg of each agent who is on a shift here. */
  const legs = new Map<string, string>();
  return {
    'dial-phone': async ({ legId, uri }: { legId: string; uri: string }, { actorId, tellSelf }) => {
      legs.set(actorId, legId);
      await phones.dial(legId, uri, tellSelf);
      return undefined;
    },
    'drop-phone': async ({ legId }: { legId: string }, { actorId }) => {
      await Promise.all([links.close(actorId), monitors.leave(actorId), monitors.end(actorId)]);
      await phones.drop(legId);
      return undefined;
    },
    'link-phone': async (link: LinkWanted, context) => {
      await links.make(link, context);
      return undefined;
    },
    'close-link': async ({ linkId }: { linkId: string }, { actorId }) => {
      await links.close(actorId, linkId);
      return undefined;
    },
    'drop-all': async (_input: unknown, { actorId }) => {
      await Promise.all([links.close(actorId), monitors.leave(actorId), monitors.end(actorId)]);
      await phones.drop(legs.get(actorId) ?? '');
      return undefined;
    },
    'find-phone': async ({ legId }: { legId: string }): Promise<AgentCommand | undefined> => {
      if (phones.holds(legId)) return undefined;
      return { type: 'ReportPhoneGone', legId, reason: 'the node that held the phone ended' };
    },
    mute: async ({ legId, muted }: { legId: string; muted: boolean }) => {
      await media.mute(legId, muted);
      return undefined;
    },
    monitor: async ({ legId, agentId, mode: asked, linkId }: Monitor, context): Promise<AgentCommand | undefined> => {
      const { ask } = context;
      const mode = modeOf(asked);
      const failed = (reason: string) => ({ type: 'ReportMonitorFailure', agentId, linkId, reason }) as const;
      const described = await ask(agentProtocol, agentId, { type: 'DescribeAgent' });
      const attended = described.ok ? described.reply : undefined;
      if (!attended?.legId || !attended.nodeId) return failed(`agent ${agentId} is not on a shift`);
      if (attended.nodeId !== ports.nodeId) return monitors.begin({ agentId, linkId, mode }, context);
      await media.monitor(legId, attended.legId, mode);
      return undefined;
    },
    'monitor-link': async (end: LinkEnd, { actorId }) => {
      await monitors.complete(actorId, end);
      return undefined;
    },
    'stop-monitoring': async ({ legId }: { legId: string }, { actorId }) => {
      await Promise.all([media.unbridge(legId), monitors.end(actorId)]);
      return undefined;
    },
    attend: async ({ mode, ...wanted }: Omit<Attendance, 'mode'> & Pick<Monitor, 'mode'>, context) =>
      monitors.attend({ ...wanted, mode: modeOf(mode) }, context),
    leave: async ({ supervisorId }: { supervisorId: string }, { actorId }) => {
      await monitors.leave(actorId, supervisorId);
      return undefined;
    },
  };
}

function modeOf(mode: MonitorMode): Exclude<MonitorMode, 'unspecified'> {
  return mode === 'unspecified' ? 'listen' : mode;
}
