/** Brings the legs of a call and of its agents together: what a call does through the media port once it has an agent. */
import { codeOf } from '#ports/errors.ts';
import type { Media } from '#ports/media.ts';
import type { Telephony } from '#ports/telephony.ts';
import { agentProtocol } from '#proto/generated/agent.ts';
import type { CallCommand } from '#proto/generated/call.ts';
import type { RtpSide } from '#proto/generated/media.ts';
import type { Executor } from '#runtime/actor.ts';
import { type AgentLinks, createAgentLinks, type FarPhone } from './agent-links.ts';

export interface AgentLinePorts {
  readonly media: Pick<Media, 'bridge' | 'hold' | 'retrieve' | 'open' | 'connect' | 'close'>;
  readonly telephony: Pick<Telephony, 'transfer'>;
  /** Name of this node. */
  readonly nodeId: string;
}

interface Bridge extends FarPhone {
  readonly legId: string;
  readonly nodeId: string;
  /** The agent who asks, where it is a consultation. */
  readonly withLeg?: string;
}

/** The other end of a link is there. */
interface Link {
  readonly agentId: string;
  readonly linkId: string;
  readonly side: RtpSide;
  readonly withLeg?: string;
}

export interface AgentLines {
  readonly executors: Readonly<Record<string, Executor<CallCommand>>>;
  /** The call is over: what leads to phones on other nodes is closed. */
  close(callId: string): Promise<void>;
}

/** `holds`: whether this node holds the line of the call. */
export function agentLines(ports: AgentLinePorts, holds: (callId: string) => boolean): AgentLines {
  const links = createAgentLinks(ports.media, holds);
  return { executors: { ...lineExecutors(ports, holds, links), ...handOverExecutors(ports) }, close: links.closeAll };
}

function lineExecutors(
  { media, nodeId }: AgentLinePorts,
  holds: (callId: string) => boolean,
  links: AgentLinks,
): AgentLines['executors'] {
  return {
    bridge: async ({ agentId, legId, nodeId: held, reservation, withLeg }: Bridge, context) => {
      const { actorId } = context;
      if (!holds(actorId)) return undefined;
      if (held !== nodeId) return links.begin({ agentId, reservation }, context);
      const failure = await failureOf(() => media.bridge(withLeg ?? actorId, legId));
      return { type: 'ReportBridge', agentId, failure };
    },
    'bridge-link': async ({ agentId, linkId, side, withLeg }: Link, { actorId }) => {
      if (!holds(actorId)) return undefined;
      const failure = await failureOf(async () => {
        await links.complete(linkId, side);
        await media.bridge(withLeg ?? actorId, linkId);
      });
      return { type: 'ReportBridge', agentId, failure };
    },
    'close-link': async ({ linkId }: { linkId: string }, { actorId }) => {
      await links.close(actorId, linkId);
      return undefined;
    },
    'bridge-back': async ({ legId }: { legId: string }, { actorId }) => {
      await media.bridge(actorId, legId);
      return undefined;
    },
    hold: async ({ music }: { music?: string }, { actorId }) => {
      // Music that is none is silence: whoever waits is held all the same.
      if (await failureOf(() => media.hold(actorId, music))) await media.hold(actorId);
      return undefined;
    },
    retrieve: async (_input: unknown, { actorId }) => {
      await media.retrieve(actorId);
      return undefined;
    },
  };
}

function handOverExecutors({ telephony }: Pick<AgentLinePorts, 'telephony'>): AgentLines['executors'] {
  return {
    transfer: async ({ target, uri }: { target: string; uri?: string }, { actorId }) => {
      if (!uri) return { type: 'ReportTransfer', failure: `the campaign has no target ${target}` };
      return { type: 'ReportTransfer', failure: await failureOf(() => telephony.transfer(actorId, uri)) };
    },
    consult: async ({ toAgentId, campaignId }: { toAgentId: string; campaignId: string }, { actorId, ask }) => {
      const wrapUp = { dispositions: [], required: false, longestMs: 0, defaultDisposition: '' };
      const command = { type: 'ReserveAgent', callId: actorId, campaignId, wrapUp, consult: true } as const;
      const reserved = await ask(agentProtocol, toAgentId, command);
      if (reserved.ok) return undefined;
      return {
        type: 'ReportAgentGone',
        agentId: toAgentId,
        reason: `refused (${reserved.rejection.code})`,
        reservation: 0,
      };
    },
  };
}

/** Why it could not be done, in a word that names nobody; empty: it was. */
async function failureOf(work: () => Promise<void>): Promise<string> {
  try {
    await work();
    return '';
  } catch (error) {
    const code = codeOf(error);
    if (!code) throw error;
    return code;
  }
}
