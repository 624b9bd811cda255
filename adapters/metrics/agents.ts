/** What is counted of the agents whose phones this node holds, from the events that its own commits made durable. */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { CommitsDurable } from '#ports/observer.ts';
import type { Tagged } from '#proto/codec.ts';
import { type AgentEvent, agentProtocol } from '#proto/generated/agent.ts';
import { type CallEvent, callProtocol } from '#proto/generated/call.ts';

/** Where each event leaves an agent; those that are not here leave them where they are. */
const phases = {
  SignInRequested: 'signing-in',
  AgentBecameReady: 'ready',
  ReservationEnded: 'ready',
  BreakBegan: 'break',
  MonitoringBegan: 'monitoring',
  MonitoringEnded: 'break',
  AgentReserved: 'reserved',
  PreviewOffered: 'previewing',
  AgentConnected: 'talking',
  CallHeld: 'holding',
  CallRetrieved: 'talking',
  TalkEnded: 'wrapping',
  SignedOut: 'offline',
} as const satisfies Partial<Record<AgentEvent['type'], string>>;

type Phase = Exclude<(typeof phases)[keyof typeof phases], 'offline'>;

const shown: readonly Phase[] = [
  ...(['signing-in', 'ready', 'previewing', 'reserved', 'talking', 'holding'] as const),
  ...(['wrapping', 'break', 'monitoring'] as const),
];

export interface AgentFigures {
  commitsDurable(append: Pick<CommitsDurable, 'kind' | 'ref' | 'commits'>): void;
  /** The actor is out of this node's memory, so its agent is not this node's any more. */
  actorLeft(ref: string): void;
}

export function agentFigures(registry: Registry): AgentFigures {
  const registers = [registry];
  const phaseOf = new Map<string, Phase>();
  const agents = new Gauge({
    name: 'callboard_agents',
    help: 'Agents on a shift whose phones this node holds, by phase.',
    labelNames: ['phase'],
    registers,
    collect: () => {
      for (const phase of shown) agents.set({ phase }, 0);
      for (const phase of phaseOf.values()) agents.inc({ phase });
    },
  });
  const talk = new Counter({
    name: 'callboard_agent_talk_seconds_total',
    help: 'Talk of agents that is over.',
    registers,
  });
  const waited = new Histogram({
    name: 'callboard_connect_seconds',
    help: 'From the answer to an agent.',
    buckets: [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10],
    registers,
  });
  const abandoned = new Counter({
    name: 'callboard_calls_abandoned_total',
    help: 'Answers that found no agent in time.',
    registers,
  });

  const happened = (ref: string, event: AgentEvent): void => {
    if (event.type === 'TalkEnded') talk.inc(event.talkMs / 1000);
    const phase = event.type in phases ? phases[event.type as keyof typeof phases] : undefined;
    if (phase === 'offline') phaseOf.delete(ref);
    else if (phase) phaseOf.set(ref, phase);
  };
  const called = (event: CallEvent): void => {
    if (event.type === 'AgentConnected') waited.observe(event.waitedMs / 1000);
    if (event.type === 'CallAbandoned') abandoned.inc();
  };

  return {
    commitsDurable({ kind, ref, commits }) {
      const each = (hear: (event: Tagged) => void) => {
        for (const { events } of commits) for (const event of events) hear(event);
      };
      if (kind === agentProtocol.kind) each((event) => happened(ref, event as AgentEvent));
      if (kind === callProtocol.kind) each((event) => called(event as CallEvent));
    },
    actorLeft: (ref) => phaseOf.delete(ref),
  };
}
