/** What both processes of the bench share: an actor that answers out of memory, and the same as a plain action. */
import { ServiceBroker } from 'moleculer';
import { systemClock } from '#ports/system-clock.ts';
import { type CallCommand, type CallEvent, type CallReply, callProtocol } from '#proto/generated/call.ts';
import { defineActor } from '#runtime/actor.ts';
import { answer } from '#runtime/decision.ts';
import { PacketSerializer } from '#runtime/packets.ts';
import { createRuntime, type Runtime } from '#runtime/runtime.ts';
import { MemoryJournal } from '#test/fakes/memory-journal.ts';
import { ProtobufSerializer } from './protobuf-packets.ts';

export const serializers = ['JSON', 'protobuf', 'frames'] as const;
export type SerializerName = (typeof serializers)[number];

/** With what encodes them, about 300 bytes. */
export const command = {
  type: 'ReportFailure',
  outcome: 'busy',
  sipStatus: 486,
  reason: 'x'.repeat(290),
} as const satisfies CallCommand;

const reply: CallReply = {
  type: 'CallDescribed',
  phase: 'talking',
  campaignId: 'spring-sale',
  row: 7,
  mask: '',
  outcome: 'busy',
  sinceMs: 1_750_000_000_000,
  digits: '',
};

/** Answers out of memory. */
export const echo = defineActor<null, CallCommand, CallEvent, CallReply>({
  protocol: callProtocol,
  initial: () => null,
  decide: () => answer(reply),
  evolve: () => null,
  react: () => [],
  resume: () => [],
  isWakeful: () => false,
  executors: {},
  supervision: { strategy: 'restart', intensity: 3, periodMs: 60_000, backoff: { minMs: 100, maxMs: 1000 } },
  snapshots: { everyCommits: 1000, schema: 1 },
  passivateAfterMs: 600_000,
  mailboxLimit: 1000,
});

function serializerOf(name: SerializerName) {
  if (name === 'JSON') return 'JSON';
  return name === 'frames' ? new PacketSerializer() : new ProtobufSerializer();
}

export function busBroker(nodeID: string, port: number, name: SerializerName): ServiceBroker {
  const broker = new ServiceBroker({
    nodeID,
    namespace: `bench-${name}`,
    logger: false,
    internalServices: false,
    requestTimeout: 10_000,
    skipProcessEventRegistration: true,
    transporter: { type: 'NATS', options: { servers: [`127.0.0.1:${port}`] } },
    serializer: serializerOf(name),
  });
  if (nodeID === 'host') broker.createService({ name: 'plain', actions: { describe: () => reply } });
  return broker;
}

/** A node that hosts the actor, or one that only asks. */
export function busRuntime(broker: ServiceBroker): Runtime {
  const hosts = broker.nodeID === 'host';
  return createRuntime({
    broker,
    ...(hosts ? { journal: new MemoryJournal() } : {}),
    clock: systemClock,
    logger: { debug() {}, info() {}, warn: console.error, error: console.error },
    actors: hosts ? [echo] : [],
    protocols: [callProtocol],
  });
}
