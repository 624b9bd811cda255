/**
 * Legs of this node that lead to the phones of agents on other nodes: to the call such a leg is the agent's own (ADR
 * 0010). The two nodes tell each other where their ends are.
 */
import { codeOf } from '#ports/errors.ts';
import type { Media } from '#ports/media.ts';
import { endpointOf, sideOf } from '#ports/rtp-side.ts';
import { agentProtocol } from '#proto/generated/agent.ts';
import type { CallCommand } from '#proto/generated/call.ts';
import type { RtpSide } from '#proto/generated/media.ts';
import type { ExecutorContext } from '#runtime/actor.ts';

/** Which phone is meant. */
export interface FarPhone {
  readonly agentId: string;
  readonly reservation: number;
}

export interface AgentLinks {
  /** Opens our end, and asks the agent for the other; the agent's node reports it to the call. */
  begin(phone: FarPhone, context: ExecutorContext<CallCommand>): Promise<CallCommand | undefined>;
  /** The other end is there. */
  complete(linkId: string, side: RtpSide): Promise<void>;
  close(callId: string, linkId: string): Promise<void>;
  /** The call is over. */
  closeAll(callId: string): Promise<void>;
}

/** `holds`: whether this node holds the line of the call. */
export function createAgentLinks(
  media: Pick<Media, 'open' | 'connect' | 'close'>,
  holds: (callId: string) => boolean,
): AgentLinks {
  /** By call. */
  const open = new Map<string, Set<string>>();

  async function close(callId: string, linkId: string): Promise<void> {
    const links = open.get(callId);
    links?.delete(linkId);
    if (links?.size === 0) open.delete(callId);
    await media.close(linkId);
  }

  return {
    async begin({ agentId, reservation }, { actorId: callId, ask, tellSelf }) {
      const linkId = linkIdOf(callId, agentId, reservation);
      const failed = (failure: string) => ({ type: 'ReportBridge', agentId, failure }) as const;
      const links = open.get(callId) ?? new Set();
      open.set(callId, links.add(linkId));
      try {
        // Who was asked first, and takes the customer over now, has one that leads nowhere any more.
        const earlier = Array.from(links).filter((id) => id !== linkId && id.startsWith(prefixOf(callId, agentId)));
        await Promise.all(earlier.map((id) => close(callId, id)));
        const own = await media.open(linkId, {}, ({ type }) => {
          if (type !== 'lost') return;
          const reason = 'the link to the phone was lost';
          tellSelf({ type: 'ReportAgentGone', agentId, reason, reservation }, `link-lost:${linkId}`);
        });
        if (!holds(callId)) {
          await close(callId, linkId);
          return undefined;
        }
        const asked = { type: 'LinkPhone', callId, reservation, linkId, side: sideOf(own) } as const;
        const answer = await ask(agentProtocol, agentId, asked);
        if (answer.ok) return undefined;
        await close(callId, linkId);
        return failed(answer.rejection.code);
      } catch (error) {
        const code = codeOf(error);
        if (!code) throw error;
        await close(callId, linkId);
        return failed(code);
      }
    },
    complete: (linkId, side) => media.connect(linkId, endpointOf(side)),
    close,
    async closeAll(callId) {
      await Promise.all(Array.from(open.get(callId) ?? [], (linkId) => close(callId, linkId)));
    },
  };
}

/** Each reservation has a link of its own: no call's id has a colon in it. */
function linkIdOf(callId: string, agentId: string, reservation: number): string {
  return `${prefixOf(callId, agentId)}${reservation}`;
}

function prefixOf(callId: string, agentId: string): string {
  return `link:${callId}:${agentId}:`;
}
