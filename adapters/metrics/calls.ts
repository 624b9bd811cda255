/**
 * What is counted of the calls of this node, from the events that its own commits made durable. Each event is
 * committed by one node, so the sums over all nodes are those of the cluster.
 */
import { Counter, Gauge, type Registry } from 'prom-client';
import type { CommitsDurable } from '#ports/observer.ts';
import { type CallEvent, callProtocol, type Outcome } from '#proto/generated/call.ts';

/** Where each event leaves a call; those that are not here leave it where it is. */
const phases = {
  CallRequested: 'routing',
  RouteAwaited: 'routing',
  CallDialed: 'dialing',
  CallRang: 'ringing',
  CallAnswered: 'talking',
  CallHungUp: 'closing',
  CallFailed: 'closing',
  CallLost: 'closing',
  CallEnded: 'ended',
} as const satisfies Partial<Record<CallEvent['type'], string>>;

/** `ended` is none of them: such a call is no longer counted. */
const livePhases = ['routing', 'dialing', 'ringing', 'talking', 'closing'] as const;

const outcomes: readonly Outcome[] = [
  'answered',
  'busy',
  'no-answer',
  'rejected',
  'unreachable',
  'failed',
  'unknown',
  'canceled',
  'abandoned',
];

export interface CallFigures {
  commitsDurable(append: Pick<CommitsDurable, 'kind' | 'ref' | 'commits'>): void;
  /** The actor is out of this node's memory, so its call is not this node's any more. */
  actorLeft(ref: string): void;
}

export function callFigures(registry: Registry): CallFigures {
  const phaseOf = new Map<string, (typeof livePhases)[number]>();
  const calls = new Gauge({
    name: 'callboard_calls',
    help: 'Calls in progress on this node, by phase.',
    labelNames: ['phase'],
    registers: [registry],
    collect: () => {
      for (const phase of livePhases) calls.set({ phase }, 0);
      for (const phase of phaseOf.values()) calls.inc({ phase });
    },
  });
  const dialed = new Counter({
    name: 'callboard_calls_dialed_total',
    help: 'Attempts that were dialed: durable before the INVITE leaves.',
    registers: [registry],
  });
  const ended = new Counter({
    name: 'callboard_call_outcomes_total',
    help: 'Calls that ended, by outcome.',
    labelNames: ['outcome'],
    registers: [registry],
  });
  for (const outcome of outcomes) ended.inc({ outcome }, 0);

  const happened = (ref: string, event: CallEvent): void => {
    if (event.type === 'CallDialed') dialed.inc();
    if (event.type === 'CallEnded') ended.inc({ outcome: event.outcome });
    const phase = event.type in phases ? phases[event.type as keyof typeof phases] : phaseOf.get(ref);
    if (phase === 'ended') phaseOf.delete(ref);
    else if (phase) phaseOf.set(ref, phase);
  };

  return {
    commitsDurable({ kind, ref, commits }) {
      if (kind !== callProtocol.kind) return;
      for (const { events } of commits) for (const event of events) happened(ref, event as CallEvent);
    },
    actorLeft: (ref) => phaseOf.delete(ref),
  };
}
