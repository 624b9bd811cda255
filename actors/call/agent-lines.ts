/** Brings the legs of a call and of its agents together: what a call does through the media port once it has an agent. */
import { codeOf } from '#ports/errors.ts';
import type { Media } from '#ports/media.ts';
import type { Telephony } from '#ports/telephony.ts';
import { agentProtocol } from '#proto/generated/agent.ts';
import type { CallCommand } from '#proto/generated/call.ts';
import type { Executor } from '#runtime/actor.ts';

export interface AgentLinePorts {
  readonly media: Pick<Media, 'bridge' | 'hold' | 'retrieve'>;
  readonly telephony: Pick<Telephony, 'transfer'>;
  /** Name of this node. */
  readonly nodeId: string;
}

interface Bridge {
  readonly agentId: string;
  readonly legId: string;
  readonly nodeId: string;
  /** The agent who asks, where it is a consultation. */
  readonly withLeg?: string;
}

/** `holds`: whether this node holds the line of the call. */
export function agentExecutors(
  { media, telephony, nodeId }: AgentLinePorts,
  holds: (callId: string) => boolean,
): Readonly<Record<string, Executor<CallCommand>>> {
  return {
    bridge: async ({ agentId, legId, nodeId: held, withLeg }: Bridge, { actorId }) => {
      if (!holds(actorId)) return undefined;
      if (held !== nodeId) return { type: 'ReportBridge', agentId, failure: 'the phone is on another node' };
      const failure = await failureOf(() => media.bridge(withLeg ?? actorId, legId));
      return { type: 'ReportBridge', agentId, failure };
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
