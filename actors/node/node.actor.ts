/** Binds the record of a node to the runtime and to the node itself. */
import { RetryableError } from '#ports/errors.ts';
import { type NodeCommand, nodeProtocol } from '#proto/generated/node.ts';
import { type AnyActorDefinition, defineActor } from '#runtime/actor.ts';
import type { Obeyed } from '#runtime/operations/operations.ts';
import { nodeChronicle } from './chronicle.ts';
import { decide } from './decide.ts';
import { isWakeful, type Look, type NodeOrder, react, resume } from './react.ts';

export interface NodePorts {
  /**
   * Tells a node, wherever it is; the same order twice changes nothing. One that is `draining` then reports by itself
   * when it is drained.
   * @throws RetryableError where it cannot be reached.
   */
  tellNode(nodeId: string, order: NodeOrder): Promise<Obeyed>;
  /** Whether the node is on the bus, in whatever state. */
  isThere(nodeId: string): boolean;
}

export function nodeActor({ tellNode, isThere }: NodePorts): AnyActorDefinition {
  return defineActor({
    ...nodeChronicle,
    decide,
    react,
    resume,
    isWakeful,
    executors: {
      order: async (told: NodeOrder, { actorId, ask }): Promise<NodeCommand | undefined> => {
        const described = await ask(nodeProtocol, actorId, { type: 'DescribeNode' });
        const record = described.ok ? described.reply : undefined;
        // Between two tries the order may have been taken back, or the node have left or started again.
        if (record && (record.order !== told.order || !isOutstanding(record.phase))) return undefined;
        const { life, hosting, refusal } = await tellNode(actorId, told);
        if (life !== told.life) {
          throw new RetryableError('NODE_UNREACHABLE', `Node ${actorId} has started again and has not said so yet.`);
        }
        const { order } = told;
        if (refusal) return { type: 'ReportRefusal', order, reason: refusal };
        if (told.hosting) return { type: 'ReportUndrained', order };
        return hosting === 'drained' ? { type: 'ReportDrained', order } : undefined;
      },
      look: async ({ look }: Look, { actorId }): Promise<NodeCommand> =>
        isThere(actorId) ? { type: 'ReportThere', look } : { type: 'ReportGone', look },
    },
    supervision: { strategy: 'restart', intensity: 3, periodMs: 60_000, backoff: { minMs: 250, maxMs: 15_000 } },
    snapshots: { everyCommits: 200, schema: 2 },
    passivateAfterMs: 60_000,
    mailboxLimit: 100,
  });
}

function isOutstanding(phase: string): boolean {
  return phase === 'draining' || phase === 'undraining';
}
