/** What a supervisor, and the agent whom one of another node attends, want done. */
import { type AgentCommand, type AgentEvent, agentProtocol } from '#proto/generated/agent.ts';
import { type Effect, run, tell } from '#runtime/effects.ts';
import type { AgentState } from './state.ts';
import { tellAway } from './turns.ts';

type Effects = readonly Effect<AgentCommand>[];

type SupervisingEvent = AgentEvent & {
  type: 'MonitoringBegan' | 'MonitoringEnded' | 'MonitorLinked' | 'PhoneAttended' | 'PhoneLeft';
};

export function supervising(state: AgentState, event: SupervisingEvent, actorId: string): Effects {
  const { legId, attending } = state;
  const { atMs } = event;
  switch (event.type) {
    case 'MonitoringBegan': {
      const { agentId, mode } = event;
      const wanted = { legId, agentId, mode, linkId: attending?.linkId };
      return [...tellAway(state, actorId, 'supervising', atMs), run('monitor', wanted, `monitor:${atMs}`)];
    }
    case 'MonitoringEnded': {
      const stopped = run('stop-monitoring', { legId }, `unmonitor:${atMs}`);
      if (!attending) return [stopped];
      const { agentId, linkId } = attending;
      const leave = { type: 'LeavePhone', supervisorId: actorId, linkId } as const;
      return [stopped, tell(agentProtocol, agentId, leave, `leave:${linkId}`)];
    }
    case 'MonitorLinked': {
      const { linkId, side } = event;
      return [run('monitor-link', { legId, linkId, side }, `monitor-link:${linkId}:${atMs}`)];
    }
    case 'PhoneAttended': {
      const { type: _, atMs: _at, ...wanted } = event;
      return [run('attend', { legId, ...wanted }, `attend:${wanted.linkId}:${atMs}`)];
    }
    case 'PhoneLeft': {
      const { supervisorId, linkId } = event;
      return [
        run('leave', { supervisorId }, `leave:${linkId}`),
        tellSupervisor(supervisorId, linkId, actorId, 'the phone is not attended any more'),
      ];
    }
  }
}

/** Those of other nodes who attend the phone. */
export function tellSupervisors({ attendedBy = {} }: AgentState, agentId: string): Effects {
  return Object.entries(attendedBy).map(([supervisorId, linkId]) =>
    tellSupervisor(supervisorId, linkId, agentId, 'the phone of the agent is gone'),
  );
}

/** Who attends it no more by themselves takes no notice. */
function tellSupervisor(supervisorId: string, linkId: string, agentId: string, reason: string): Effect<AgentCommand> {
  const failure = { type: 'ReportMonitorFailure', agentId, linkId, reason } as const;
  return tell(agentProtocol, supervisorId, failure, `left:${linkId}`);
}
