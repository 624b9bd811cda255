/**
 * Legs of this node that lead to calls on other nodes, each bridged with the phone of an agent here: one for each agent,
 * as an agent is in one call at most (ADR 0010).
 */
import { codeOf } from '#ports/errors.ts';
import type { Media } from '#ports/media.ts';
import { endpointOf, sideOf } from '#ports/rtp-side.ts';
import { callProtocol } from '#proto/generated/call.ts';
import type { RtpSide } from '#proto/generated/media.ts';
import type { ExecutorContext } from '#runtime/actor.ts';

export interface LinkWanted {
  readonly legId: string;
  readonly callId: string;
  readonly reservation: number;
  readonly linkId: string;
  /** The call's end. */
  readonly side: RtpSide;
}

export interface PhoneLinks {
  /** Opens our end, brings the phone to it, and tells the call where it is, or why there is none. */
  make(link: LinkWanted, context: Pick<ExecutorContext<never>, 'actorId' | 'ask'>): Promise<void>;
  /** What leads away from the agent's phone is closed, where it is this link; any: where none is named. */
  close(agentId: string, linkId?: string): Promise<void>;
}

/** `holds`: whether this node holds the leg of a phone. */
export function createPhoneLinks(
  media: Pick<Media, 'open' | 'connect' | 'bridge' | 'close'>,
  holds: (legId: string) => boolean,
): PhoneLinks {
  /** By agent. */
  const open = new Map<string, string>();

  async function close(agentId: string, meant?: string): Promise<void> {
    const linkId = open.get(agentId);
    if (linkId === undefined || (meant !== undefined && meant !== linkId)) return;
    open.delete(agentId);
    await media.close(linkId);
  }

  return {
    close,
    async make({ legId, callId, reservation, linkId, side }, { actorId: agentId, ask }) {
      const report = { type: 'ReportLink', agentId, reservation, linkId } as const;
      const failed = (failure: string) => ask(callProtocol, callId, { ...report, failure });
      if (!holds(legId)) {
        await failed('the phone is gone');
        return;
      }
      const earlier = open.get(agentId);
      open.set(agentId, linkId);
      try {
        if (earlier !== undefined && earlier !== linkId) await media.close(earlier);
        const reason = 'the link to the phone was lost';
        const own = await media.open(linkId, {}, ({ type }) => {
          if (type !== 'lost') return;
          // Where this is not heard, the call hears no more than silence, and ends as one does.
          ask(callProtocol, callId, { type: 'ReportAgentGone', agentId, reason, reservation }).catch(() => undefined);
        });
        // The talk is over already.
        if (open.get(agentId) !== linkId) {
          await media.close(linkId);
          return;
        }
        await media.connect(linkId, endpointOf(side));
        await media.bridge(linkId, legId);
        await ask(callProtocol, callId, { ...report, side: sideOf(own), failure: '' });
      } catch (error) {
        const code = codeOf(error);
        await close(agentId, linkId);
        if (!code) throw error;
        await failed(code);
      }
    },
  };
}
