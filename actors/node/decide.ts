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
    case 'ForgetNode':
      return forget(state, command.by, meta);
    case 'ReportGone':
      return awaitsLook(state, command.look) ? accept({ type: 'NodeForgotten', atMs }) : accept();
    case 'ReportThere': {
      const reason = `Node ${meta.actorId} is on the bus: only one that is not can be forgotten.`;
      return awaitsLook(state, command.look) ? accept({ type: 'ForgetRefused', reason, atMs }) : accept();
    }
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
      const { phase, life, roles, version, startedAtMs, by, reason, refusal, forgetting } = state;
      return answer({
        type: 'NodeDescribed',
        ...{
          phase,
          life,
          roles: [...roles],
          version,
          startedAtMs,
          order: state.order,
          by,
          reason,
          refusal,
          forgetting,
        },
      });
    }
  }
}

function started(state: NodeState, { life, roles, version, weight }: ReportStart, atMs: number): Decided {
  // One that was forgotten and lives all the same is known again as soon as it says so.
  return life === state.life && state.phase !== 'forgotten'
    ? accept()
    : accept({ type: 'NodeStarted', life, roles, version, weight, atMs });
}

/** Asking for what is so already changes nothing. */
function order(
  state: NodeState,
  command: NodeCommand & { type: 'DrainNode' | 'UndrainNode' },
  meta: CommandMeta,
): Decided {
  const atMs = meta.nowMs;
  if (state.phase === 'unknown') return unknown(meta);
  if (state.phase === 'left' || state.phase === 'forgotten') {
    const how = state.phase === 'left' ? 'has left' : 'was forgotten';
    return reject('NODE_LEFT', `Node ${meta.actorId} ${how}: it takes actors again when it is started.`);
  }
  if (command.type === 'DrainNode') {
    const { by, reason } = command;
    const isSo = state.phase === 'draining' || state.phase === 'drained';
    return isSo ? accept() : accept({ type: 'DrainRequested', by, reason, atMs });
  }
  const isSo = state.phase === 'undraining' || state.phase === 'up';
  return isSo ? accept() : accept({ type: 'UndrainRequested', by: command.by, atMs });
}

/** Whether it lives is not for the record to know: it is looked for. */
function forget({ phase, forgetting }: NodeState, by: string, meta: CommandMeta): Decided {
  if (phase === 'unknown') return unknown(meta);
  if (phase === 'left') {
    return reject('NODE_LEFT', `Node ${meta.actorId} has left: there is nothing more to forget.`);
  }
  if (phase === 'forgotten' || forgetting) return accept();
  return accept({ type: 'ForgetRequested', by, atMs: meta.nowMs });
}

function unknown({ actorId }: CommandMeta): Decided {
  return reject('NODE_UNKNOWN', `No node ${actorId} was ever there: nodes lists those that are.`);
}

/** Whether this is what the last look for the node has found. */
function awaitsLook(state: NodeState, number: number): boolean {
  return state.forgetting && state.looks === number;
}

/** Whether this is news about the last order; one that was taken back meanwhile is none. */
function awaits(state: NodeState, phase: NodeState['phase'], number: number): boolean {
  return state.phase === phase && state.order === number;
}
