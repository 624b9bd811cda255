/** What is said to a supervisor, and to the agent whom a supervisor of another node attends. */
import type { AgentCommand, AgentEvent, AgentReply, AttendPhone, StartMonitoring } from '#proto/generated/agent.ts';
import { accept, type CommandMeta, type Decision, reject } from '#runtime/decision.ts';
import type { AgentState } from './state.ts';
import { byOf, notNow, type Wish } from './wish.ts';

type Decided = Decision<AgentEvent, AgentReply>;

export type Supervising = AgentCommand & {
  type:
    | 'StartMonitoring'
    | 'StopMonitoring'
    | 'ReportMonitorFailure'
    | 'ReportPhoneAttended'
    | 'AttendPhone'
    | 'LeavePhone';
};

export function decideSupervising(state: AgentState, command: Supervising, meta: CommandMeta): Decided {
  const atMs = meta.nowMs;
  switch (command.type) {
    case 'StartMonitoring':
      return start(state, command, meta);
    case 'StopMonitoring':
      return state.phase === 'monitoring' ? accept(monitoringEnds(meta, command)) : accept();
    case 'ReportMonitorFailure': {
      const { agentId, reason, linkId } = command;
      const isMeant = state.monitored === agentId && (linkId === '' || linkId === state.attending?.linkId);
      return isMeant ? accept({ type: 'MonitoringEnded', reason, atMs }) : accept();
    }
    case 'ReportPhoneAttended': {
      const { agentId, linkId, side } = command;
      if (state.phase === 'monitoring' && state.attending?.linkId === linkId && side) {
        return accept({ type: 'MonitorLinked', agentId, linkId, side, atMs });
      }
      return reject('AGENT_NO_CALL', `Agent ${meta.actorId} attends nobody over this link: close it.`);
    }
    case 'AttendPhone':
      return attend(state, command, meta);
    case 'LeavePhone': {
      const { supervisorId, linkId } = command;
      if (state.attendedBy?.[supervisorId] !== linkId) return accept();
      return accept({ type: 'PhoneLeft', supervisorId, linkId, atMs });
    }
  }
}

/** Who attended somebody attends nobody any more. */
export function monitoringEnds({ nowMs: atMs }: CommandMeta, wish: Wish): AgentEvent {
  return { type: 'MonitoringEnded', reason: 'supervising', atMs, ...byOf(wish) };
}

function start(state: AgentState, command: StartMonitoring, meta: CommandMeta): Decided {
  const { phase, monitored } = state;
  const { agentId, mode } = command;
  if (phase !== 'ready' && phase !== 'break' && phase !== 'monitoring') return notNow(state, meta);
  if (agentId === meta.actorId) {
    return reject('AGENT_SETTINGS', `Agent ${meta.actorId} cannot attend its own calls: name another agent.`);
  }
  const began: AgentEvent = { type: 'MonitoringBegan', agentId, mode, atMs: meta.nowMs, ...byOf(command) };
  const isOther = phase === 'monitoring' && monitored !== agentId;
  return isOther ? accept(monitoringEnds(meta, command), began) : accept(began);
}

function attend(state: AgentState, { supervisorId, linkId, mode, side }: AttendPhone, meta: CommandMeta): Decided {
  if (!state.legId || !state.nodeId) return notNow(state, meta);
  return accept({ type: 'PhoneAttended', supervisorId, linkId, mode, side, atMs: meta.nowMs });
}
