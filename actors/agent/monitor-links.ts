/**
 * Legs between a supervisor's phone and the phone of an agent on another node (ADR 0010): the supervisor's is bridged with
 * one end, and the other end attends the agent's as a supervisor's phone there would.
 */
import { codeOf } from '#ports/errors.ts';
import type { Media, MonitorMode } from '#ports/media.ts';
import { endpointOf, sideOf } from '#ports/rtp-side.ts';
import { type AgentCommand, agentProtocol } from '#proto/generated/agent.ts';
import type { RtpSide } from '#proto/generated/media.ts';
import type { ExecutorContext } from '#runtime/actor.ts';

type Context = Pick<ExecutorContext<AgentCommand>, 'actorId' | 'ask' | 'tellSelf'>;

/** What a supervisor of this node wants. */
export interface FarMonitor {
  readonly agentId: string;
  readonly linkId: string;
  readonly mode: MonitorMode;
}

/** What a supervisor of another node wants of a phone here. */
export interface Attendance {
  readonly supervisorId: string;
  readonly linkId: string;
  readonly mode: MonitorMode;
  readonly side: RtpSide;
  /** The phone. */
  readonly legId: string;
}

export interface MonitorLinks {
  /** Opens the supervisor's end, and asks the agent for the other; the agent's node reports it. */
  begin(wanted: FarMonitor, context: Context): Promise<AgentCommand | undefined>;
  /** The other end is there: the supervisor's phone is brought to ours. */
  complete(supervisorId: string, end: { legId: string; linkId: string; side: RtpSide }): Promise<void>;
  /** What the supervisor attends over a link is closed. */
  end(supervisorId: string): Promise<void>;
  /** Opens the agent's end, lets it attend the phone, and tells the supervisor where it is, or why there is none. */
  attend(wanted: Attendance, context: Context): Promise<AgentCommand | undefined>;
  /** The supervisor attends the agent's phone no more; any: where none is named. */
  leave(agentId: string, supervisorId?: string): Promise<void>;
}

const lost = 'the link to the phone was lost';

/** `holds`: whether this node holds the leg of a phone. */
export function createMonitorLinks(
  media: Pick<Media, 'open' | 'connect' | 'bridge' | 'monitor' | 'close'>,
  holds: (legId: string) => boolean,
): MonitorLinks {
  /** By supervisor of this node: the link that is wanted. */
  const wanted = new Map<string, string>();
  /** By agent of this node, by supervisor: the leg that attends the phone. */
  const attended = new Map<string, Map<string, string>>();

  async function end(supervisorId: string): Promise<void> {
    const linkId = wanted.get(supervisorId);
    wanted.delete(supervisorId);
    if (linkId !== undefined) await media.close(linkId);
  }

  async function leave(agentId: string, meant?: string): Promise<void> {
    const legs = attended.get(agentId) ?? new Map<string, string>();
    const left = [...legs].filter(([supervisorId]) => meant === undefined || meant === supervisorId);
    for (const [supervisorId] of left) legs.delete(supervisorId);
    if (legs.size === 0) attended.delete(agentId);
    await Promise.all(left.map(([, legId]) => media.close(legId)));
  }

  return {
    end,
    leave,
    async begin({ agentId, linkId, mode }, { actorId, ask, tellSelf }) {
      const failed = (reason: string) => ({ type: 'ReportMonitorFailure', agentId, linkId, reason }) as const;
      // What is wanted is known before anything is waited for: whoever ends it meanwhile ends this one.
      const earlier = wanted.get(actorId);
      wanted.set(actorId, linkId);
      try {
        if (earlier !== undefined && earlier !== linkId) await media.close(earlier);
        const own = await media.open(linkId, {}, ({ type }) => {
          if (type === 'lost') tellSelf(failed(lost), `link-lost:${linkId}`);
        });
        // Nobody wants it any more.
        if (wanted.get(actorId) !== linkId) {
          await media.close(linkId);
          return undefined;
        }
        const asked = { type: 'AttendPhone', supervisorId: actorId, linkId, mode, side: sideOf(own) } as const;
        const answer = await ask(agentProtocol, agentId, asked);
        return answer.ok ? undefined : failed(`agent ${agentId} is not there (${answer.rejection.code})`);
      } catch (error) {
        const code = codeOf(error);
        if (!code) throw error;
        return failed(code);
      }
    },
    async complete(supervisorId, { legId, linkId, side }) {
      if (wanted.get(supervisorId) !== linkId) return;
      await media.connect(linkId, endpointOf(side));
      await media.bridge(legId, linkId);
    },
    async attend({ supervisorId, linkId, mode, side, legId }, { actorId: agentId, ask }) {
      const failed = (reason: string) =>
        ask(agentProtocol, supervisorId, { type: 'ReportMonitorFailure', agentId, linkId, reason });
      if (!holds(legId)) {
        await failed('the phone is gone');
        return { type: 'LeavePhone', supervisorId, linkId };
      }
      const leg = `${linkId}:far`;
      const legs = attended.get(agentId) ?? new Map<string, string>();
      const earlier = legs.get(supervisorId);
      attended.set(agentId, legs.set(supervisorId, leg));
      try {
        if (earlier !== undefined && earlier !== leg) await media.close(earlier);
        const own = await media.open(leg, {}, ({ type }) => {
          // Where this is not heard, the supervisor hears no more than silence.
          if (type === 'lost') failed(lost).catch(() => undefined);
        });
        if (attended.get(agentId)?.get(supervisorId) !== leg) {
          await media.close(leg);
          return undefined;
        }
        await media.connect(leg, endpointOf(side));
        await media.monitor(leg, legId, mode);
        const report = { type: 'ReportPhoneAttended', agentId, linkId, side: sideOf(own) } as const;
        const answer = await ask(agentProtocol, supervisorId, report);
        return answer.ok ? undefined : { type: 'LeavePhone', supervisorId, linkId };
      } catch (error) {
        const code = codeOf(error);
        if (!code) throw error;
        await failed(code);
        return { type: 'LeavePhone', supervisorId, linkId };
      }
    },
  };
}
