/** Mail and answers as bytes, for the bus and for the dead letters. */
import type { Protocol, Tagged } from '#proto/codec.ts';
import type { Answer, Envelope } from '#proto/generated/envelope.ts';
import type { Answered } from './actor.ts';
import type { Mail } from './mail.ts';
import { accepted } from './replayed.ts';

export type AnyProtocol = Protocol<Tagged, Tagged, Tagged>;

/** Version of the envelope; a node refuses one that it does not know. */
export const envelopeProtocol = 1;

/** @throws what the codec throws on a command that is none of the protocol's. */
export function toEnvelope(
  protocol: AnyProtocol,
  id: string,
  mail: Pick<Mail, 'command' | 'commandId' | 'sender' | 'correlationId' | 'causationId' | 'sentAtMs' | 'way'>,
  acceptance = false,
  anchored = false,
): Envelope {
  const { command, commandId, sender, correlationId, causationId, sentAtMs } = mail;
  return {
    protocol: envelopeProtocol,
    commandId,
    toKind: protocol.kind,
    toId: id,
    sender,
    correlationId,
    causationId,
    sentAtMs,
    command: protocol.command.encode(command),
    acceptance,
    hops: mail.way ? mail.way.hops + 1 : 0,
    anchored,
  };
}

/** @throws what the codec throws on bytes that are no command of the protocol. */
export function fromEnvelope(protocol: AnyProtocol, envelope: Envelope, settle: Mail['settle']): Mail {
  const { command, commandId, sender, correlationId, causationId, sentAtMs, hops, anchored } = envelope;
  return {
    command: protocol.command.decode(command),
    commandId,
    fresh: false,
    sender,
    correlationId,
    causationId,
    sentAtMs,
    crashes: 0,
    way: { hops, anchored },
    settle,
  };
}

export function toAnswer(protocol: AnyProtocol, answered: Answered<Tagged>): Answer {
  if (!answered.ok) return { version: 0, rejection: answered.rejection };
  const { version, reply } = answered;
  return reply === undefined ? { version } : { version, reply: protocol.reply.encode(reply) };
}

/** @throws what the codec throws on bytes that are no reply of the protocol. */
export function fromAnswer(protocol: AnyProtocol, answer: Answer): Answered<Tagged> {
  if (answer.rejection) return { ok: false, rejection: answer.rejection };
  return accepted(answer.version, answer.reply && protocol.reply.decode(answer.reply));
}
