/** What is recorded of a node, and which orders it is given. */
import type { NodeCommand, NodeEvent, NodeReply, ReportStart } from '#proto/generated/node.ts';
import { accept, answer, type CommandMeta, type Decision, reject } from '#runtime/decision.ts';
import type { NodeState } from './state.ts';

type Decided = Decision<NodeEvent, NodeReply>;

export function decide(state: NodeState, command: NodeCommand, meta: CommandMeta): Decided {
  const atMs = meta.nowMs;
  switch (command.type) {
    case 'ReportStart':
      return started(state, command, atMs);
    case 'ReportLeave':
      // A word of an earlier life may come late.
      return state.life === command.life && state.phase !== 'left' ? accept({ type: 'NodeLeft', atMs }) : accept();
    case 'DrainNode':
    case 'UndrainNode':
      return order(state, command, meta);
    case 'ReportDrained':
      return awaits(state, 'draining', command.order) ? accept({ type: 'NodeDrained', atMs }) : accept();
    case 'ReportUndrained':
      return awaits(state, 'undraining', command.order) ? accept({ type: 'NodeUndrained', atMs }) : accept();
    case 'ReportRefusal': {
      const { reason } = command;
      if (awaits(state, 'undraining', command.order)) return accept({ type: 'UndrainRefused', reason, atMs });
      return awaits(state, 'draining', command.order) ? accept({ type: 'DrainRefused', reason, atMs }) : accept();
    }
    case 'DescribeNode': {
      const { phase, life, roles, version, startedAtMs, by, reason, refusal } = state;
      return answer({
        type: 'NodeDescribed',
        ...{ phase, life, roles: [...roles], version, startedAtMs, order: state.order, by, reason, refusal },
      });
    }
  }
}

function started(state: NodeState, { life, roles, version, weight }: ReportStart, atMs: number): Decided {
  return life === state.life ? accept() : accept({ type: 'NodeStarted', life, roles, version, weight, atMs });
}

/** Asking for what is so already changes nothing. */
function order(
  state: NodeState,
  command: NodeCommand & { type: 'DrainNode' | 'UndrainNode' },
  meta: CommandMeta,
): Decided {
  const atMs = meta.nowMs;
  if (state.phase === 'unknown') {
    return reject('NODE_UNKNOWN', `No node ${meta.actorId} was ever there: nodes lists those that are.`);
  }
  if (state.phase === 'left') {
    return reject('NODE_LEFT', `Node ${meta.actorId} has left: it takes actors again when it is started.`);
  }
  if (command.type === 'DrainNode') {
    const { by, reason } = command;
    const isSo = state.phase === 'draining' || state.phase === 'drained';
    return isSo ? accept() : accept({ type: 'DrainRequested', by, reason, atMs });
  }
  const isSo = state.phase === 'undraining' || state.phase === 'up';
  return isSo ? accept() : accept({ type: 'UndrainRequested', by: command.by, atMs });
}

/** Whether this is news about the last order; one that was taken back meanwhile is none. */
function awaits(state: NodeState, phase: NodeState['phase'], number: number): boolean {
  return state.phase === phase && state.order === number;
}
